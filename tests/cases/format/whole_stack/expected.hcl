# a stack
terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.0"
    }
  }
  backend "s3" {
    bucket = "state"
    key    = "prod"
  }
}

variable "region" {
  type    = string
  default = "eu-west-1" # Ireland
}
locals {
  names = [for r in var.regions : "${r}-libs"]
  tags = merge(var.tags, {
    Stack     = "prod"
    ManagedBy = "artiform"
  })
}
resource "aws_instance" "web" {
  count         = var.enabled ? 1 : 0
  ami           = data.aws_ami.ubuntu.id
  instance_type = var.type
  tags          = { Name = "web-${count.index}" }
  user_data     = <<-EOF
    #!/bin/sh
    echo ${var.greeting}
  EOF
  lifecycle {
    ignore_changes = [tags["a"], ami]
  }
  dynamic "ebs_block_device" {
    for_each = var.disks
    content {
      device_name = ebs_block_device.key
      volume_size = ebs_block_device.value.size
    }
  }
}
output "ip" { value = aws_instance.web[*].public_ip }
