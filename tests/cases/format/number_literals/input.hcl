a=1
bb=1.50
ccc=1e3
d=1E-3
e=2.5e+10
f=-0.1
