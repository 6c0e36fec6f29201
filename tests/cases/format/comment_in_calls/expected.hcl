a = f( # open
  1,   # first
  # between
  2 # second
)
