a      = 1
longer = 2

b                = 3
much_longer_name = 4
# comment breaks the chain
x   = 1
yyy = 2
