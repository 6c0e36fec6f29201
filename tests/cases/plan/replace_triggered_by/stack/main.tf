resource "terraform_data" "a" { input = 2 }
resource "terraform_data" "b" {
  lifecycle { replace_triggered_by = [terraform_data.a.output] }
}
resource "terraform_data" "c" {
  lifecycle { replace_triggered_by = [terraform_data.a.id] }
}
resource "terraform_data" "d" {
  count = 2
  lifecycle { replace_triggered_by = [terraform_data.a] }
}
