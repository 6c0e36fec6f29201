variable "v" {}
resource "terraform_data" "x" {
  input = var.v
}
resource "terraform_data" "y" {
  count = 1
  input = terraform_data.x.output
}
output "o" {
  value = terraform_data.y[0].output
}
