resource "terraform_data" "a" {
  count = 3
  input = "w${count.index}"
}

resource "terraform_data" "b" {
  count = 2
  input = terraform_data.a[count.index].id

  lifecycle {
    precondition {
      condition     = count.index != 7
      error_message = "Not seven."
    }
  }
}

resource "terraform_data" "c" {
  for_each = toset([])
}

output "c" {
  value = [for c in terraform_data.c : c.id]
}
