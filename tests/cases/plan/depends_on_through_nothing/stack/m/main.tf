variable "v" {}

resource "terraform_data" "put_out" {
  input = var.v
}

resource "terraform_data" "kept" {
  input = var.v
}

output "o" {
  value = terraform_data.put_out.output
}

output "nothing" {
  value = null
}
