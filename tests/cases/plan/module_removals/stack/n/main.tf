module "in" {
  source = "../m"
  count  = 1
}
