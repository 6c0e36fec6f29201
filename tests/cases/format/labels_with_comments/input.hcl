resource /* a */ aws_x /* b */ "y" /* c */ { # d
}
