resource "terraform_data" "a" { input = "x" }
resource "terraform_data" "b" { input = terraform_data.a.id }
resource "terraform_data" "c" { input = "z" }
output "o" { value = terraform_data.b.id }
output "c" { value = terraform_data.c.input }
