module "one" {
  source = "./m"
  count  = 2
  text   = "b${count.index}"
}

resource "terraform_data" "all" {
  input = module.one[*].id
}

resource "terraform_data" "last" {
  input = module.one[1].id
}
