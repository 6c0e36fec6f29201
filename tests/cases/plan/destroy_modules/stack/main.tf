module "a" { source = "./m" }
resource "terraform_data" "r" { input = module.a.id }
output "o" { value = { id = module.a.id } }
output "s" {
  value     = "hush"
  sensitive = true
}
