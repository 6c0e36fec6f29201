a = <<EOT
  body   stays
	tab

  EOT
b = 1
