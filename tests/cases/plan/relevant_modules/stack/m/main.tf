variable "text" {
  type = string
}

resource "terraform_data" "first" {
  input = var.text
}

output "id" {
  value = terraform_data.first.id
}
