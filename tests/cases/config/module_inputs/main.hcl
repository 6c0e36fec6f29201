module "site" {
  source = "./site"
  nmae   = "x"
}

module "near" {
  source = "./sites"
}

module "bare" {
  source = "sit"
}

module "registry" {
  source  = "hashicorp/consul/aws"
  version = "1.0"
}

module "git" {
  source = "git::https://example.com/x.git"
}

module "none" {
}

module "variable" {
  source = var.x
}

module "versioned" {
  source  = "./site"
  version = "1.0"
  name    = "a"
  count   = 1
  for_each = {}
  lifecycle {}
}

module "empty" {
  source = "./empty"
}
