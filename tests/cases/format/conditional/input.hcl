a=b?c:d
e = f ?g : h ? i:j
k=(
a?
b:
c
)
l = (a
? b
: c)
m = a?-1:-2
n=a?[]:[1]
o=a?{}:{x=1}
