topology "a b" {
  kind = "ring"
}

topology "star" {
  kind    = "star"
  servers = {}
  color   = "red"
}

topology "late" {
  kind    = "mesh"
  hub     = "us-east-1"
  servers = {
    us-east-1 = { url = "https://a.example.com", token = each.key }
    us-west-2 = { url = var.nope }
  }

  repository "libs" {
    fromat  = "maven"
    regions = ["us-east-2"]
  }

  repository "libs_replica" {
    format    = "mavne"
    key       = "x"
    read_only = true
    retention {}
  }

  repository "dots.in.name" {
    format = "npm"
  }

  remote "libs" {
    format = "maven"
    url    = "https://maven.example.com"
  }

  remote "central" {
    format = "maven"
  }

  virtual "all" {
    format                        = "npm"
    members                       = ["libz", "central", "central", "all"]
    default_deployment_repository = "central"
  }

  virtual "open" {
    format  = "npm"
    members = var.members
  }

  reposiory "x" {}

  remote "libs-us-west-2" {
    format = "npm"
    url    = "https://npm.example.com"
  }
}

topology "late" {
  kind    = "mesh"
  servers = {}
}

topology "wheel" {
  kind    = "star"
  hub     = "d"
  servers = {
    a = { url = "https://a.example.com" }
    b = { url = "https://b.example.com" }
    c = { url = "https://c.example.com" }
  }
  repository "x" {
    format  = "npm"
    regions = ["a", "b"]
  }
}

output "x" {
  value = [topology.lat.libs, topology.late.nothing, topology.early.x]
}
