number = 3
list   = []
fixed  = null
