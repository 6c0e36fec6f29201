a = {
  # one
  x             = 1, # first
  longer        = 2  # second
  /* three */ y = 3
  # end
}
