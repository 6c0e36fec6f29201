a = (b)
c = ((b))
d = (
  b
)
e = (b) + (c)
