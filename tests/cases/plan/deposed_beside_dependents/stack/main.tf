resource "terraform_data" "a" {
  input            = "three"
  triggers_replace = "three"
  lifecycle { create_before_destroy = true }
}

resource "terraform_data" "b" {
  input = terraform_data.a.id
  lifecycle {
    precondition {
      condition     = length(terraform_data.a.output) > 3
      error_message = "too short"
    }
  }
}

output "id" { value = terraform_data.a.output }
