a=!b
c=! b&&!  c
d=!!b
e=!(b)
f=!f(x)
