resource "terraform_data" "c" { count = 12 }
resource "terraform_data" "a" { for_each = { "10" = 1, "9" = 1, b = 1 } }
