resource "terraform_data" "a" {
  input            = 1
  triggers_replace = 2
}

resource "terraform_data" "none" {
  count = 0

  lifecycle {
    create_before_destroy = true
    replace_triggered_by  = [terraform_data.a]
  }
}
