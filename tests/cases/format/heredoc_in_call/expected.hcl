a = f(<<EOT
x
EOT
, 2)
b = jsonencode([<<-E
 y
 E
])
