resource "aws_vpc" "here" {}

moved {
  from = aws_vpc.a
  to   = module.b
}

moved {
  from = aws_vpc.here
  to   = aws_vpc.there
}

moved {
  from = aws_vpc.here
  to   = aws_vpc.here[0]
}

moved {
  from = "aws_vpc.quoted"
  to   = aws_vpc.x[var.k]
}

moved {
  from = aws_vpc.same
  to   = aws_vpc.same
}

removed {
  from = aws_vpc.here
}

removed {
  from = aws_vpc.gone[0]
}

import {
  to = aws_vpc.nope
  id = "x"
}

import {
  to = data.aws_vpc.x
  id = var.nope
}

import {
  to = module.x
  id = "y"
}

import {
  to = aws_vpc.here
}

moved {
  from = fake_instance.first
  to   = fake_instance.one
}

moved {
  from = fake_instance.second
  to   = fake_instance.one
}

moved {
  from = fake_instance.first
  to   = fake_instance.two
}

moved {
  from = fake_instance.round
  to   = fake_instance.and
}

moved {
  from = fake_instance.and
  to   = fake_instance.round
}
