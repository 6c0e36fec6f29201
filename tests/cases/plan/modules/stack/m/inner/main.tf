variable "x" {}
resource "terraform_data" "y" {
  input            = var.x
  triggers_replace = var.x
}
output "v" { value = terraform_data.y.output }
