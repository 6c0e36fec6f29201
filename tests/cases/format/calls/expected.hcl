a = f()
b = f(1, 2, 3)
c = f(x...)
d = f(
  1,
  2,
)
e = f(g(h(1)), [2], { a = 3 })
f = provider::aws::arn_parse(x)
g = f(1, )
h = f(
  x...
)
