module "east" {
  source = "./site"
  name   = "east"
}

module "west" {
  source = "./site"
  name   = "west"
}
