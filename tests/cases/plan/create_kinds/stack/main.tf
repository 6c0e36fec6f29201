variable "s" { default = "v" }
variable "secret" {
  default   = "hush"
  sensitive = true
}
variable "d" {
  type        = object({ a = string, b = optional(number, 3) })
  default     = { a = "q" }
  description = "an object"
}
locals { l = [1, "a", true, null, { x = [1.5] }] }
resource "terraform_data" "a" {
  input = local.l
}
resource "terraform_data" "b" {
  input            = { m = tomap({ k = "v" }), s = toset(["b", "a"]), l = tolist(["x"]), n = null, id = terraform_data.a.id, secret = var.secret }
  triggers_replace = [terraform_data.a.id, var.s]
}
resource "terraform_data" "c" {
  input = var.secret
}
resource "terraform_data" "e" {
}
resource "terraform_data" "f" {
  input = { nested = { deep = [var.secret, "open", terraform_data.e.id] } }
}
output "all" {
  value = { l = local.l, id = terraform_data.a.id }
}
output "secret" {
  value     = var.secret
  sensitive = true
}
output "nested_secret" {
  value       = { a = var.secret, b = 1 }
  sensitive   = true
  description = "n"
}
output "n" { value = null }
output "num" { value = 12345678901234567890 }
output "text" { value = "a\nb\n" }
output "set" { value = toset([1, 2]) }
