variable "s" {
  default   = "two"
  sensitive = true
}
resource "terraform_data" "a" { input = { open = 2, hidden = var.s, l = [var.s, "x"] } }
resource "terraform_data" "b" { input = var.s }
resource "terraform_data" "c" { input = "plain" }
resource "terraform_data" "d" { triggers_replace = sensitive("t2") }
output "s" {
  value     = var.s
  sensitive = true
}
output "kept" {
  value     = "k"
  sensitive = true
}
output "becomes" {
  value     = "b"
  sensitive = true
}
