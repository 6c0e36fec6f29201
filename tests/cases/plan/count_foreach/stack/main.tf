resource "terraform_data" "c" {
  count = 3
  input = count.index
}
resource "terraform_data" "f" {
  for_each = { a = 1, "b c" = 2, "x.y" = 3 }
  input    = "${each.key}-${each.value}"
}
resource "terraform_data" "s" {
  for_each = toset(["p", "q"])
  input    = terraform_data.c[0].id
}
output "c" { value = terraform_data.c[*].input }
output "f" { value = { for k, v in terraform_data.f : k => v.id } }
output "one" { value = terraform_data.f["a"].input }
