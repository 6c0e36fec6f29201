resource "terraform_data" "a" {
  input = "b"
}

resource "terraform_data" "none" {
  count = 0
  input = terraform_data.a.id
}

module "none" {
  source = "./m"
  count  = 0
  v      = terraform_data.a.id
}

module "some" {
  source   = "./m"
  for_each = toset(["x"])
  v        = "v"
}

resource "terraform_data" "through_none" {
  input = terraform_data.none[*].id
}

resource "terraform_data" "through_module" {
  input = module.none[*].o
}

resource "terraform_data" "whole" {
  input = length(module.some)
}

output "null" {
  value = try(module.none[0].o, null)
}
