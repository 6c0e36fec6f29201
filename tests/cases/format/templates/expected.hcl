a = "x${y}z"
b = "${x}${y}"
c = "%{if a}b%{else}c%{endif}"
d = "%{for k, v in m}${k}%{endfor}"
e = "${~x~}y"
f = "a${f("b${c}")}"
g = "x${ { a = 1 }["a"]}"
h = "x${[1, 2][0]}"
i = "x${
  a
}"
