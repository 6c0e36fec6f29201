terraform {
  required_version = ">= 0.1"
  required_providers {
    terraform = { source = "terraform.io/builtin/terraform" }
  }
}
provider "terraform" {}
provider "terraform" { alias = "x" }
resource "terraform_data" "a" { provider = terraform.x }
resource "terraform_data" "b" {}
