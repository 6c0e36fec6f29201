module "network" {
  source = "network"
}
