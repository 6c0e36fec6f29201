resource "terraform_data" "new" { triggers_replace = 2 }
moved {
  from = terraform_data.x
  to   = terraform_data.new
}
