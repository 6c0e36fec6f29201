a=[for x in y:x]
b=[ for k , v in m : "${k}=${v}" if v!=null ]
c=[for x in [1,2]:x]
d=[for x in(y):x if(x)]
e=[
for x in y:
x
]
