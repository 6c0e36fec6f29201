region "us-east-1" {}
region "us-west-2" {}

variable "token" {
  default = "secret"
}

topology "artifacts" {
  kind = "mesh"
  servers = {
    for key, r in region : key => { url = "https://${key}.example.com", token = var.token }
  }

  repository "libs" {
    format        = "maven"
    force_destroy = true
  }

  repository "images" {
    format  = "oci"
    regions = ["us-east-1"]
  }

  remote "upstream-npm" {
    format = "npm"
    url    = "https://npm.example.com"
  }
}

output "libs" {
  value = topology.artifacts.libs["us-east-1"].key
}
