variable "v" {
  default = "v"
}

resource "terraform_data" "a" {
  input = var.v
}

resource "terraform_data" "b" {
  input            = { id = terraform_data.a.id }
  triggers_replace = terraform_data.a.output
}

output "by_attribute" {
  value = terraform_data.b.input.id
}
