data "terraform_remote_state" "r" {
  backend   = "local"
  config    = { path = "${path.module}/other.tfstate" }
  workspace = terraform.workspace
  defaults  = { d = [1, 2], e = null }
}
resource "terraform_data" "a" {
  input = data.terraform_remote_state.r.outputs.x
}
output "d" { value = data.terraform_remote_state.r.outputs.d }
output "x" { value = data.terraform_remote_state.r.outputs }
