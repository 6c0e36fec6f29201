resource "terraform_data" "a" {}
resource "terraform_data" "b" { input = terraform_data.a.id }
resource "terraform_data" "c" { 
  input = [terraform_data.a.id, terraform_data.b.id] 
}
resource "terraform_data" "d" { 
  count = 2
  input = local.q
}
locals { q = terraform_data.c.id }
module "x" {
  source = "./m"
  for_each = { k = terraform_data.b.id }
  v = "s"
  depends_on = [terraform_data.d]
}
module "y" {
  source = "./m"
  v = module.x["k"].o
}
resource "terraform_data" "z" { depends_on = [module.y] }
