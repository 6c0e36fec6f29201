module "keyed" {
  source   = "./site"
  for_each = toset(["eu", "us"])
}

module "numbered" {
  source = "./site"
  count  = 2
}

output "by_name" {
  value = module.keyed.eu.url
}

output "by_key" {
  value = module.keyed["us"].url
}

output "all" {
  value = module.numbered[*].url
}

output "wrong" {
  value = module.numbered.url
}

output "missing" {
  value = module.keyed["us"].ulr
}

output "places" {
  value = [terraform.applying, terraform.nope, path.modul, each.nope, count.nope, each.value]
}
