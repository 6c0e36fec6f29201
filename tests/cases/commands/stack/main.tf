variable "a" {
  type    = string
  default = "x"
}
variable "n" {
  type    = number
  default = 1
}
variable "l" {
  type    = list(string)
  default = ["p", "q"]
}
variable "s" {
  type      = string
  default   = "geheim"
  sensitive = true
}
resource "terraform_data" "a" {
  input = var.a
}
resource "terraform_data" "b" {
  count            = 2
  input            = "${terraform_data.a.output}-${count.index}"
  triggers_replace = var.n
}
resource "terraform_data" "c" {
  for_each = toset(var.l)
  input    = each.key
}
module "m" {
  source = "./m"
  v      = terraform_data.a.output
}
module "k" {
  source   = "./m"
  for_each = toset(["one", "two"])
  v        = each.key
}
output "str" {
  value = terraform_data.a.output
}
output "num" {
  value = var.n
}
output "list" {
  value = var.l
}
output "obj" {
  value = { a = 1, b = ["x", null], "c d" = true }
}
output "secret" {
  value     = var.s
  sensitive = true
}
output "nothing" {
  value = null
}
output "flag" {
  value       = var.n > 0
  description = "a flag"
}
