variable "s" {
  default = "x"
}
locals { f = "z" }
resource "terraform_data" "a" {
  count = 2
  input = "x${count.index}"
  provisioner "local-exec" {
    command     = "echo ${self.input} ${var.s} ${local.f} ${count.index}"
    environment = { A = var.s, B = terraform_data.c["q"].id }
    interpreter = ["/bin/sh", "-c"]
  }
  provisioner "local-exec" {
    when       = destroy
    on_failure = continue
    command    = "echo ${self.id}"
  }
  connection {
    host = self.id
    type = "ssh"
  }
}
resource "terraform_data" "c" {
  for_each = toset(["q"])
  provisioner "local-exec" {
    command     = <<-EOT
      echo ${each.key}
    EOT
    working_dir = path.module
    quiet       = false
  }
}
