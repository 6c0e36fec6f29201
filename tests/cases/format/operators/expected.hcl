a = 1 + 2 - 3 * 4 / 5 % 6
b = a == b != c
c = a < b
d = a <= b
e = a > b
f = a >= b
g = a && b || c
h = (1 + 2) * 3
i = (
  1 +
  2
)
j = (a
  && b
|| c)
