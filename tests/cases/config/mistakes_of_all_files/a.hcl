locals {
  a = [1,
}

variable "x" {
  type = strin
}

output "y" {
  value = local.a
}
