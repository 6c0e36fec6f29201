b {        # open
  x    = 1 # one
  long = 2 # two
}          # close
c {}       # next
