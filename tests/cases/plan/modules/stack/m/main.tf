variable "name" { type = string }
variable "other" {
  type        = map(string)
  default     = {}
  nullable    = false
  description = "others"
}
variable "tok" {
  sensitive = true
  default   = "t"
}
resource "terraform_data" "x" {
  input = var.name
}
module "inner" {
  source = "./inner"
  x      = terraform_data.x.id
}
output "id" { value = terraform_data.x.id }
output "inner" {
  value       = module.inner.v
  description = "in"
}
output "tok" {
  value     = var.tok
  sensitive = true
}
