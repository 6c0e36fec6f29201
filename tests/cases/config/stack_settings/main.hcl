stack {
  name             = "two words"
  required_version = ">= 99.0"
  backend "s3" {
    bucket = var.bucket
  }
  cloud {}
  workspace = "x"
}

terraform {
  required_version = "=> 1.0"
  required_providers {
    aws = 5
  }
}

module "m" {
  source = "./m"
}
