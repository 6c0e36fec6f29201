resource "terraform_data" "a" {
  input = "bad"
  lifecycle {
    postcondition {
      condition     = self.output != "bad"
      error_message = "It is ${self.input}."
    }
  }
}

resource "terraform_data" "b" {
  input = terraform_data.a.output
}

resource "terraform_data" "free" {
  input = 2
  lifecycle {
    precondition {
      condition     = terraform_data.other.input == 1
      error_message = "Not free."
    }
  }
}

resource "terraform_data" "other" {
  input = 2
}

output "x" {
  value = terraform_data.b.output
}

output "y" {
  value = terraform_data.other.id
}
