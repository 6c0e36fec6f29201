resource "terraform_data" "a" {
  input            = { x = 2, y = 1 }
  triggers_replace = [2]
  lifecycle {
    ignore_changes = [input]
  }
}

resource "terraform_data" "tagged" {
  input = { x = 2, y = 2 }
  lifecycle {
    ignore_changes = [input.x]
  }
}
