terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = {
      source                = "hashicorp/aws"
      configuration_aliases = [aws.peer]
    }
  }
}

variable "name" {
  type = string
}

variable "ami" {}

resource "aws_instance" "node" {
  provider = aws.peer
  ami      = var.ami
  tags     = { Name = var.name, module = path.module, workspace = terraform.workspace }
}

output "url" {
  value = "https://${aws_instance.node.private_ip}"
}
