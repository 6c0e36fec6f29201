module "site" {
  source = "./site"
}

locals {
  a = uper("x")
  b = "${join(",")}-${abs(1, 2)}"
  c = try(module.site.nothing, region["here"].cidr, unknown_function(), null)
  d = try(local.nothing, null)
  e = module.site.nothing
  f = merge([{}]...)
  g = core::upper("x")
}

output "x" {
  value     = can(module.site.nothing)
  ephemeral = true
}
