output "vpc_id" {
  value = aws_vpc.this.id
}

output "public_subnet_ids" {
  description = "By zone."
  value       = { for zone, subnet in aws_subnet.public : zone => subnet.id }
}

output "private_subnet_ids" {
  description = "By zone."
  value       = { for zone, subnet in aws_subnet.private : zone => subnet.id }
}

output "balancer_security_group_id" {
  value = aws_security_group.balancer.id
}

output "server_security_group_id" {
  value = aws_security_group.server.id
}
