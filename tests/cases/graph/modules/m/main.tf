variable "v" {}
resource "terraform_data" "in" {}
resource "terraform_data" "in2" { input = var.v }
output "o" { value = terraform_data.in.id }
module "deep" {
  source = "./n"
}
