locals {
  a = 1
}
resource "aws_vpc" "a" {}
moved {
  from = aws_vpc.a
  to   = aws_vpc.b
}
