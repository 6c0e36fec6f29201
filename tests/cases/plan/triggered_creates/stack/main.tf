resource "terraform_data" "a" {
  input = 2
}

resource "terraform_data" "old" {
  input            = 1
  triggers_replace = 2

  lifecycle {
    replace_triggered_by = [terraform_data.a]
  }
}

resource "terraform_data" "new" {
  lifecycle {
    replace_triggered_by = [terraform_data.a.input]
  }
}
