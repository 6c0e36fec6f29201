variable "s" {
  default   = "geheim"
  sensitive = true
}
variable "str" { default = "abc" }
variable "long" { default = "long text long text long text long text long text long text long text long text long text long text long text long text long text long text long text long text long text long text long text long text " }
variable "num" { default = 5 }
variable "big" { default = 123456789012345678901234567890 }
variable "flag" { default = true }
variable "list" { default = ["a", "b"] }
variable "tl" {
  type    = list(string)
  default = ["a", "b"]
}
variable "tset" {
  type    = set(string)
  default = ["a"]
}
variable "map" {
  type    = map(number)
  default = { x = 1, y = 2 }
}
variable "emap" {
  type    = map(string)
  default = {}
}
variable "obj" { default = { a = 1, b = "x" } }
variable "obj1" { default = { a = 1 } }
variable "eobj" { default = {} }
variable "nul" { default = null }
variable "eph" {
  default   = "e"
  ephemeral = true
}
variable "snum" {
  default   = 7
  sensitive = true
}
variable "nl" {
  default = "a\nb"
}
locals {
  loc = upper("q")
  unk = terraform_data.u.output
  mixed = { s = var.s, p = 1 }
}
resource "terraform_data" "u" {
  input = "in"
}
resource "terraform_data" "cc" {
  count = 2
  input = count.index
}
resource "terraform_data" "ee" {
  for_each = toset(["a", "b"])
  input = each.key
}
