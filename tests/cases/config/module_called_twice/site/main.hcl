variable "name" {}

module "network" {
  source = "network"
  name   = var.name
}
