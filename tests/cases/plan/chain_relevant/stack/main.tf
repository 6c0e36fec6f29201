variable "v" { default = { a = 1, b = { c = [1, 2] } } }
locals { x = terraform_data.b.output }
resource "terraform_data" "z" { input = "n" }
resource "terraform_data" "a" { input = "a" }
resource "terraform_data" "b" { input = terraform_data.a.output }
resource "terraform_data" "c" { input = ["new", local.x] }
resource "terraform_data" "d" {
  input = { k = var.v.b.c[0], "${terraform_data.a.id}" = 1 }
}
resource "terraform_data" "e" {
  count = length(terraform_data.z.input) > 0 ? 1 : 0
  input = terraform_data.d.input.k
}
