resource "terraform_data" "base" { triggers_replace = 2 }
resource "terraform_data" "mid" {
  triggers_replace = terraform_data.base.id
  lifecycle { create_before_destroy = true }
}
resource "terraform_data" "top" { input = terraform_data.mid.id }
resource "terraform_data" "ignored" {
  input            = "new"
  triggers_replace = "t"
  lifecycle { ignore_changes = [input] }
}
resource "terraform_data" "all" {
  input = "new"
  lifecycle { ignore_changes = all }
}
