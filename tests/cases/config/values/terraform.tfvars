text   = "from terraform.tfvars"
number = 1
unknown = 2
