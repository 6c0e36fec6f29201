resource "terraform_data" "object" {
  input = { a = null, l = [] }

  lifecycle {
    postcondition {
      condition     = self.output != "text"
      error_message = "An object is no text."
    }

    postcondition {
      condition     = self.id != null
      error_message = "It has an id."
    }
  }
}

output "same_shape" {
  value = terraform_data.object.output == { a = 1, l = [] }
}

output "other_shape" {
  value = terraform_data.object.output == { a = 1 }
}
