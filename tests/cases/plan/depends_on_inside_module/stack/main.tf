resource "terraform_data" "root" {}

module "m" {
  source = "./m"
  v      = terraform_data.root.id
}
