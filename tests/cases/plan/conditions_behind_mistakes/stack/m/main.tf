variable "v" {
  validation {
    condition     = var.v != "x"
    error_message = "Not x."
  }
}

output "o" {
  value = 1

  precondition {
    condition     = var.v != "o"
    error_message = "Not o in here."
  }
}
