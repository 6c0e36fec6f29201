variable "s" {
  default   = "hush again"
  sensitive = true
}

resource "terraform_data" "a" {
  input = { x = var.s, y = ["a", var.s, "k"], z = 3, new = null }
}

resource "terraform_data" "b" {
  input = terraform_data.a.output.z
}
