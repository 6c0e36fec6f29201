a = x
b = x.y[0]
c = f("${y}")
d = x
e = "foo"
f = { a = 1 }
g {
  h = x
}
i { j = x }
k = a ? b : c # c
