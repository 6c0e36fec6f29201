resource "aws_x" "y" /* c */ { # d
}
