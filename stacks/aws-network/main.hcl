# The ground that a repository service stands on, in two regions: networks, an encrypted and
# locked-down bucket, secrets under a key of its own, and what its machines are started from.

stack {
  name = "aws-network"
}

provider "aws" {
  region = "eu-central-1"

  default_tags {
    tags = { service = var.name }
  }
}

region "eu-central-1" {
  cidr_block = "10.16.0.0/16"
}

region "us-east-1" {
  cidr_block = "10.32.0.0/16"
}

module "network" {
  source   = "../../modules/network"
  for_each = region

  name       = var.name
  region     = each.key
  cidr_block = each.value.cidr_block
  trusted    = var.trusted
}
