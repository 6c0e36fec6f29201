a = b.c.d
e = b.c
f = b.c
g = (b
  .c
.d)
