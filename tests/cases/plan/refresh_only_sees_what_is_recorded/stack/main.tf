resource "terraform_data" "counted" {
  count = 2
  input = "new"

  lifecycle {
    precondition {
      condition     = terraform_data.single.input == "new"
      error_message = "It is old."
    }

    postcondition {
      condition     = self.input == "new"
      error_message = "It is still old."
    }
  }
}

resource "terraform_data" "keyed" {
  for_each = toset(["b", "c"])
  input    = "new"
}

resource "terraform_data" "single" {
  input = "new"
}

resource "terraform_data" "added" {
  input = terraform_data.single.id
}

resource "terraform_data" "added_counted" {
  count = 2
}

output "counted" {
  value = terraform_data.counted[*].input
}

output "keyed" {
  value = { for key, it in terraform_data.keyed : key => it.input }
}

output "one" {
  value = terraform_data.single.input

  precondition {
    condition     = terraform_data.single.input == "new"
    error_message = "It is old."
  }
}

output "added" {
  value = terraform_data.added.input
}

output "added_counted" {
  value = length(terraform_data.added_counted)
}
