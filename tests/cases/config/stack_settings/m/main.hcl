terraform {
  backend "s3" {}
}

region "x" {}
