module "m" {
  source   = "./m"
  for_each = toset(["a", "b"])
  n        = 1
}
resource "terraform_data" "none" {
  count = 0
  lifecycle {
    precondition {
      condition     = length(module.m) == 2
      error_message = "never"
    }
  }
}
