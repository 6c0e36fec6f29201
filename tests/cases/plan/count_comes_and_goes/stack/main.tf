resource "terraform_data" "counted" {
  count = 2
  input = "c"
}

resource "terraform_data" "single" {
  
  input = "s"
}

resource "terraform_data" "none" {
  count = 0
  input = "n"
}
