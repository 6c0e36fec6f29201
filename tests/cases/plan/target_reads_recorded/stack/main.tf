resource "terraform_data" "a" {
  count = 2
  input = "new"
}

output "recorded" {
  value = terraform_data.a[0].input
}

output "all" {
  value = terraform_data.a[*].input
}
