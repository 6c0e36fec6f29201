a=b[*].c
d=b [ * ] . e
f=b.*.c
g=b.*[0]
h=b[*][0]
