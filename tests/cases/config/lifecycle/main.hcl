resource "aws_vpc" "a" {
  lifecycle {
    create_before_destroy = var.x
    ignore_changes        = ["*"]
    prevent_destory       = true
  }
  lifecycle {}
}

resource "aws_vpc" "b" {
  lifecycle {
    ignore_changes = all
    precondition {
      condition = true
    }
  }
}

resource "aws_vpc" "c" {
  depends_on = "aws_vpc.b"
  provider   = aws.west
  lifecycle {
    ignore_changes = [tags[var.x], "name"]
  }
}

data "aws_vpc" "d" {
  lifecycle {
    prevent_destroy = true
    postcondition {
      condition     = self.id == "x"
      error_message = "no"
    }
  }
}

variable "x" {}
