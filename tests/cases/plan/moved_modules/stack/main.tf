module "b" {
  source   = "./m"
  for_each = toset(["k"])
}
resource "terraform_data" "each" { for_each = { a = 1 } }
moved {
  from = module.a
  to   = module.b["k"]
}
moved {
  from = terraform_data.single
  to   = terraform_data.each["a"]
}
