a = { for k, v in m : k => - v }
b = [for x in - y : x if - x]
c = /* c */ - 1
d = "x${- y}%{if - z}%{endif}"
