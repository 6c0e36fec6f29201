variable "v" {
  default = "x"

  validation {
    condition     = var.v != "x"
    error_message = "Not x."
  }
}

variable "w" {
  default = "x"
}

resource "terraform_data" "behind" {
  count = 2
  input = var.v

  lifecycle {
    precondition {
      condition     = var.v != "y"
      error_message = "Not y."
    }
  }
}

resource "terraform_data" "refused" {
  count = 2
  input = var.w

  lifecycle {
    precondition {
      condition     = var.w != "x"
      error_message = "Not x at ${count.index}."
    }
  }
}

resource "terraform_data" "next" {
  input = terraform_data.refused[0].id

  lifecycle {
    postcondition {
      condition     = self.id != null
      error_message = "It has an id."
    }
  }
}

output "o" {
  value = var.v

  precondition {
    condition     = var.v != "q"
    error_message = "Not q."
  }
}

check "c" {
  assert {
    condition     = terraform_data.next.id != var.v
    error_message = "Not the same."
  }
}

module "m" {
  source = "./m"
  v      = terraform_data.next.id
}
