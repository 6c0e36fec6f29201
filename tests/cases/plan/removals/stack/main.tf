resource "terraform_data" "count" { count = 1 }
resource "terraform_data" "each" { for_each = toset(["a"]) }
resource "terraform_data" "rep" {}
