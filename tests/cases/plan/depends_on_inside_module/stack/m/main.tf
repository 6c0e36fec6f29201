variable "v" {}

resource "terraform_data" "none" {
  for_each = toset([])
  input    = var.v
}

resource "terraform_data" "other" {}

resource "terraform_data" "through" {
  input = keys(terraform_data.none)
}
