resource "terraform_data" "new" { input = "x" }
resource "terraform_data" "newch" { input = "y" }
resource "terraform_data" "counted" { count = 1 }
moved {
  from = terraform_data.old
  to   = terraform_data.new
}
moved {
  from = terraform_data.oldch
  to   = terraform_data.newch
}
