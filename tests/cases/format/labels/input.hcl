resource aws_x y {}
resource   "aws_x"   "y"   {
}
data"a""b"{}
module x-y {
}
