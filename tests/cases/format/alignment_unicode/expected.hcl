é      = 1
longer = 2
a      = "日本語"        # wide
b      = "ascii text" # narrow
c      = "👨‍👩‍👧"          # family
d      = "é"          # combining
日本     = 5
