stack {
  name             = "prod"
  required_version = ">= 0.1"

  backend "s3" {
    bucket = "state"
  }

  encryption {
    passphrase_env = "STATE_PASSPHRASE"
  }

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.0"
    }
  }
}

region "us-east-1" {
  cidr = "10.0.0.0/16"
}

region "us-west-2" {
  cidr = "10.1.0.0/16"
}

provider "aws" {
  region = "us-east-1"
}

provider "aws" {
  alias  = "west"
  region = "us-west-2"
}

variable "size" {
  type        = number
  default     = 3
  description = "How many."

  validation {
    condition     = var.size > 0
    error_message = "At least one."
  }
}

variable "tags" {
  type = map(object({
    value = string
    plain = optional(bool, true)
  }))
  default = {}
}

locals {
  name = "site-${var.size}"
}

resource "aws_vpc" "main" {
  for_each   = region
  region     = each.key
  cidr_block = each.value.cidr
  tags       = { for key, tag in var.tags : key => tag.value }

  lifecycle {
    create_before_destroy = true
    prevent_destroy       = var.size > 1
    ignore_changes        = [tags["Owner"], description]

    postcondition {
      condition     = self.id != ""
      error_message = "No identifier."
    }
  }

  timeouts {
    create = "10m"
  }
}

resource "aws_security_group" "web" {
  count    = var.size
  provider = aws.west
  name     = "${local.name}-${count.index}"
  vpc_id   = aws_vpc.main["us-east-1"].id

  dynamic "ingress" {
    for_each = var.tags
    iterator = rule
    content {
      description = rule.value.value
      dynamic "port" {
        for_each = [rule.key]
        content {
          number = port.value
        }
      }
    }
  }
}

data "aws_ami" "image" {
  owners     = ["self"]
  depends_on = [aws_vpc.main, module.site]
}

module "site" {
  source   = "./site"
  for_each = region
  name     = each.key
  ami      = data.aws_ami.image.id

  providers = {
    aws      = aws
    aws.peer = aws.west
  }
}

moved {
  from = aws_vpc.old
  to   = aws_vpc.main["us-east-1"]
}

removed {
  from = module.gone
  lifecycle {
    destroy = false
  }
}

import {
  for_each = region
  to       = aws_vpc.main[each.key]
  id       = "vpc-${each.key}"
}

check "health" {
  data "http" "page" {
    url = module.site["us-east-1"].url
  }

  assert {
    condition     = data.http.page.status == 200
    error_message = "Down."
  }
}

output "urls" {
  value     = { for key, site in module.site : key => site.url }
  sensitive = true

  precondition {
    condition     = length(module.site) == 2
    error_message = "Two sites."
  }
}

output "first" {
  value = aws_security_group.web[*].id
}
