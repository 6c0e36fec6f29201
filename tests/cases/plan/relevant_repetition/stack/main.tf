resource "terraform_data" "a" {
  input = "x"
}

resource "terraform_data" "b" {
  for_each = { k = terraform_data.a.id, j = "const" }
  input    = each.value
}

resource "terraform_data" "c" {
  for_each = { k = terraform_data.a.output }
  input    = "not used"
}

output "none" {
  value = null
}
