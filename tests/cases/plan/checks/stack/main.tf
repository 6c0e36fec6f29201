variable "v" {
  default = 3
  validation {
    condition     = var.v > 2
    error_message = "too small"
  }
}
resource "terraform_data" "a" {
  count = 2
  input = "x"
  lifecycle {
    precondition {
      condition     = var.v == 3
      error_message = "not three"
    }
    postcondition {
      condition     = self.output == "x"
      error_message = "not x"
    }
  }
}
check "c" {
  assert {
    condition     = var.v == 4
    error_message = "v is not four but ${var.v}"
  }
  assert {
    condition     = terraform_data.a[0].id != ""
    error_message = "empty"
  }
}
check "ok" {
  assert {
    condition     = var.v == 3
    error_message = "no"
  }
}
output "o" {
  value = 1
  precondition {
    condition     = var.v < 10
    error_message = "big"
  }
}
