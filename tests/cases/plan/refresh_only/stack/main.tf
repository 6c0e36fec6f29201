resource "terraform_data" "a" { input = "y" }
output "o" { value = "new" }
