resource "aws_vpc" {}
resource "aws_vpc" "a" "b" {}
locals "x" {
  a = 1
}
variable {}
resource "aws vpc" "1st" {}
variable "count" {}
module "m n" {
  source = "./x"
}
data "aws_ami" {}
