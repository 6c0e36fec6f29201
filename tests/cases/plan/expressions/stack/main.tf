variable "s" { default = null }
variable "m" {
  type      = map(string)
  default   = { a = "x" }
  ephemeral = false
}
variable "e" {
  type      = string
  ephemeral = true
  default   = "eph"
}
locals { l = { a = { b = [1] } } }
resource "terraform_data" "w" { for_each = toset(["a"]) }
resource "terraform_data" "v" {
  for_each = var.m
  input    = [each.key, each.value, each.value == "x" ? 1 : 2]
}
resource "terraform_data" "a" {
  count            = 1 + 1
  input            = ["${var.m.a}-${var.m["a"]}", local.l.a.b[0], path.module, terraform.workspace, count.index]
  triggers_replace = upper("x")
}
resource "terraform_data" "b" {
  input            = [1 + 2, "lit", -1, !true, [for x in [1, 2] : x * 2], { a = 1, (2) = 3 }, null]
  triggers_replace = null
}
resource "terraform_data" "c" {
  input            = { a = terraform_data.a[*].id, b = terraform_data.a[0].id, c = [for k, v in terraform_data.w : "${k}${v.id}"], d = terraform_data.w["a"].id, e = var.m["${var.s == null ? "a" : "b"}"] }
  triggers_replace = true ? 1 : var.s
}
resource "terraform_data" "d" {
  input            = "a ${1 + 1} b"
  triggers_replace = <<-EOT
    x ${var.m.a}
    EOT
}
resource "terraform_data" "data" {
  input      = jsonencode({ a = 1 })
  depends_on = [terraform_data.b, terraform_data.a[0]]
}
output "d" {
  value      = 1
  depends_on = [terraform_data.b]
}
output "t" { value = [true, 1.5, "x"] }
output "splat" { value = values(terraform_data.w)[*].id }
output "p" { value = (terraform_data.b.input) }
output "try" { value = try(terraform_data.b.input.x.y, "d") }
output "idx" { value = terraform_data.a[length(var.m)].input[0] }
