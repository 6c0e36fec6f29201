m = {
  a            = 1
  longer       = 2, # c
  "quoted key" = 3
  (computed)   = 4
  b : 5
  nested = { x = 1, yy = 2 }
}
