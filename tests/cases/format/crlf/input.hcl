a=1
longer=2 # c

b {
c=1
# d
t=<<EOT
  body
EOT
}
