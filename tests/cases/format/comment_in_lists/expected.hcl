a = [
  # one
  1, # first
  2, # second
  /* three */ 3
  # end
]
