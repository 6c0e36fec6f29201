a { x = 1 }
bbb { yy = 2 }
c {}
