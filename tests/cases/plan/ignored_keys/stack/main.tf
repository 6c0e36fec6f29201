resource "terraform_data" "a" {
  input = { size = 2, name = "y" }

  lifecycle {
    ignore_changes = [input["size"]]
  }
}

resource "terraform_data" "b" {
  input = { size = 2, name = "y" }

  lifecycle {
    ignore_changes = [input.size]
  }
}
