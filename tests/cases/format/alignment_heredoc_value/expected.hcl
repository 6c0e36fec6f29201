a           = 1
longer_name = <<EOT
text
EOT
b           = 2
