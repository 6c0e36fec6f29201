resource "terraform_data" "a" {
  input            = "y"
  triggers_replace = [1, 2]
}
resource "terraform_data" "b" { input = terraform_data.a.id }
resource "terraform_data" "c" {
  triggers_replace = terraform_data.a.id
  lifecycle { create_before_destroy = true }
}
resource "terraform_data" "d" {
  lifecycle { replace_triggered_by = [terraform_data.b] }
}
