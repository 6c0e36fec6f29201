fixed = null
block {}
list = [var.x]
variable "late" {}
