variable "n" {
  type = number
  validation {
    condition     = var.n > 0
    error_message = "n must be positive"
  }
}
resource "terraform_data" "x" {
  for_each = toset(["k"])
  input    = var.n
  lifecycle {
    postcondition {
      condition     = self.output == 1
      error_message = "not one"
    }
  }
}
check "c" {
  assert {
    condition     = length(terraform_data.x) == 2
    error_message = "two are wanted"
  }
}
output "o" {
  value = terraform_data.x["k"].id
  precondition {
    condition     = var.n == 1
    error_message = "no"
  }
}
