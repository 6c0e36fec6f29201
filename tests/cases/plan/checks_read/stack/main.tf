resource "terraform_data" "a" {
  input = "${path.module}/other.tfstate"
}

check "read" {
  data "terraform_remote_state" "known" {
    backend = "local"
    config  = { path = "${path.module}/other.tfstate" }
  }

  assert {
    condition     = data.terraform_remote_state.known.outputs.x != null
    error_message = "It has an x."
  }
}

check "later" {
  data "terraform_remote_state" "later" {
    backend = "local"
    config  = { path = terraform_data.a.output }
  }

  assert {
    condition     = data.terraform_remote_state.later.outputs.x != null
    error_message = "It has an x."
  }
}

check "after" {
  data "terraform_remote_state" "after" {
    backend    = "local"
    config     = { path = "${path.module}/other.tfstate" }
    depends_on = [terraform_data.a]
  }

  assert {
    condition     = data.terraform_remote_state.after.outputs.x != null
    error_message = "It has an x."
  }
}
