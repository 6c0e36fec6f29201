a           = 1
longer      = 2 # c
b           = 3 # d
/* x
y */ c = 1
