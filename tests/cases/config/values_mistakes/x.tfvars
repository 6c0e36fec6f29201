fixed = null
block {}
list = [var.x]
