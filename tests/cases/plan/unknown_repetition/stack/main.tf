resource "terraform_data" "a" {
  input = 1
}

resource "terraform_data" "b" {
  for_each = toset([terraform_data.a.id])
}

resource "terraform_data" "c" {
  input = [for b in terraform_data.b : b.id]
}
