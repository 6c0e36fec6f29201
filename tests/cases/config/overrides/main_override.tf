locals {
  b = 3
}

resource "aws_vpc" "a" {
  enable_dns = true

  ingress {
    port = 1
  }

  lifecycle {
    prevent_destroy = true
  }
}

variable "x" {
  default = "two"
}
