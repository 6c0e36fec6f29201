variable "a" {
  type = number
  validation {
    condition     = 1 == 1
    error_message = "always"
  }
  validation {
    condition     = var.a > var.b
    error_message = "must be greater than b"
  }
}

variable "b" {
  type     = number
  nullable = null
}

output "a" {
  value = var.a
  precondition {
    condition     = true
    error_message = "always"
  }
}

check "c" {
  assert {
    condition     = "a" != "b"
    error_message = "always"
  }
}

resource "aws_vpc" "a" {
  lifecycle {
    postcondition {
      condition     = length("x") > 1
      error_message = "never"
    }
  }
}

import {
  to = aws_vpc.a
  id = "1"
}

import {
  to = aws_vpc.a
  id = "2"
}
