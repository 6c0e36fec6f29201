variable "x" {}
output "o" {
  value = 2
}
locals {
  l = 2
}
resource "aws_vpc" "r" {}
data "aws_vpc" "r" {}
provider "aws" {}
provider "aws" {
  alias = "west"
}
region "east" {}
check "c" {
  assert {
    condition     = var.x
    error_message = "no"
  }
}
stack {
  backend "local" {}
  backend "local" {}
}
module "m" {
  source = "./m"
}
module "m" {
  source = "./m"
}
