a-b      = 1
_x       = 2
inn      = in-x
if       = 1
for_each = toset([])
true1    = null
