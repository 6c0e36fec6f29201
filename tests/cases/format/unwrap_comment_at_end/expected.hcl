a = x # c

