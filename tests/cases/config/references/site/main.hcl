variable "name" {}

output "url" {
  value = var.name
}

output "address" {
  value = aws_lb.web.dns_name
}
