module "each" {
  source   = "./m"
  for_each = toset(["a"])
}
module "count" {
  source = "./m"
  count  = 1
}
module "single" {
  source = "./m"
}
