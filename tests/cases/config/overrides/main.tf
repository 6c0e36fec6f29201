locals {
  a = 1
  b = 2
}

resource "aws_vpc" "a" {
  cidr_block = "10.0.0.0/16"
  tags       = {}

  ingress {}
  ingress {}

  lifecycle {
    create_before_destroy = true
  }
}

variable "x" {
  type    = string
  default = "one"
}
