terraform {
  required_providers {
    plain = { source = "terraform.io/builtin/terraform" }
    other = { source = "example.com/a/other" }
  }
}

output "written" {
  value = provider::plain::encode_expr([1, "a"])
}

output "too_many" {
  value = provider::plain::encode_expr(1, 2)
}

output "not_offered" {
  value = provider::plain::nope(1)
}

output "not_declared" {
  value = provider::terraform::encode_expr(1)
}

output "of_another" {
  value = provider::other::encode_expr(1)
}
