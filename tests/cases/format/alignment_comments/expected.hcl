a    = 1    # one
bbbb = 2222 # two
c    = 3
dd   = 4             // four
eee  = 5 /* inner */ # five
