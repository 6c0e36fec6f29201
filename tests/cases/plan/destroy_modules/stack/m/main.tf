resource "terraform_data" "x" { triggers_replace = 1 }
output "id" { value = terraform_data.x.id }
