variable "ok" {
  validation {
    condition     = var.ok != "x"
    error_message = "Not x."
  }
}

output "o" {
  value = 1

  precondition {
    condition     = var.ok != "o"
    error_message = "Not o in here."
  }
}
