topology "artifacts" {
  kind    = "mesh"
  servers = { a = { url = "https://a.example.com" }, b = { url = "https://b.example.com" } }

  repository "js" {
    format = "npm"
  }

  repository "beta" {
    format  = "npm"
    regions = ["a"]
  }

  remote "upstream" {
    format   = "npm"
    url      = "https://npm.example.com"
    regions  = ["a"]
    password = "secret"
  }

  virtual "npm" {
    format                        = "npm"
    members                       = ["js", "beta", "upstream"]
    default_deployment_repository = "beta"
    description                   = "All of it."
  }

  virtual "mirror" {
    format  = "npm"
    members = ["upstream"]
  }
}
