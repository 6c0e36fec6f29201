variable "ok" {
  default = "o"

  validation {
    condition     = var.ok != "x"
    error_message = "Not x."
  }
}

resource "terraform_data" "a" {
  count = 2
  input = 1

  lifecycle {
    postcondition {
      condition     = self.id != "y"
      error_message = "Not y."
    }
  }
}

module "m" {
  source = "./m"
  count  = 2
  ok     = var.ok
}

output "o" {
  value = 1

  precondition {
    condition     = var.ok != "o"
    error_message = "Not o."
  }
}

check "c" {
  assert {
    condition     = var.ok != "c"
    error_message = "Not true."
  }
}
