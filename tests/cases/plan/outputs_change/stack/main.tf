variable "n" { default = 2 }
output "changes" { value = var.n }
output "type_changes" { value = [var.n] }
output "null" { value = null }
output "was_null" { value = "x" }
output "same" { value = { a = [1, "x", null] } }
