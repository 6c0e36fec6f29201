variable "x" {}
output "o" {
  value = 1
}
locals {
  l = 1
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
