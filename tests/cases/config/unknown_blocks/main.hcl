resorce "aws_vpc" "a" {}

port = 80

variables = {}

ephemeral "random_password" "x" {}

resource "aws_vpc" "b" {
  provisioner "puppet" {
    command = "true"
  }
}

output "x" {
  value     = 1
  senstive  = true
  sensitive {}
  precondtion {}
}

variable "v" {
  validation = 1
}

repository "libs" {}
