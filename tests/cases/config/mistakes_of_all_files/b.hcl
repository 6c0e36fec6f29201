variable "z" {
  type    = number
  default = "three"
}

resource "aws_vpc" "a" {
  count    = 1
  for_each = {}
}
