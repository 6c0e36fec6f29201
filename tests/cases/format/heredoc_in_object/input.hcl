a={
x=<<EOT
body
EOT
longer=2
}
