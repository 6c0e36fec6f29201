resource "terraform_data" "a" { input = "y" }
resource "terraform_data" "b" { input = terraform_data.a.output }
resource "terraform_data" "c" { input = { a = 1, b = [1, 2, 4], c = "same", d = { e = "f" } } }
output "o" { value = terraform_data.a.output }
output "p" { value = "q" }
output "gone2" { value = { a = 1, b = 3 } }
