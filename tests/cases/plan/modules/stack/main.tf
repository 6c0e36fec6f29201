variable "who" {
  type    = string
  default = "me"
}
module "one" {
  source = "./m"
  name   = var.who
}
module "many" {
  source   = "./m"
  for_each = toset(["a", "b"])
  name     = each.key
}
module "counted" {
  source     = "./m"
  count      = 2
  name       = "n${count.index}"
  depends_on = [module.one]
}
resource "terraform_data" "r" {
  input      = module.one.id
  depends_on = [module.many]
}
output "ids" { value = module.many["a"].id }
output "inner" { value = module.one.inner }
