resource "terraform_data" "moved" {}

resource "terraform_data" "b" {}

moved {
  from = terraform_data.a
  to   = terraform_data.moved
}
