stack {
  name = "artifacts"
}
region "eu-west-1" {
  cidr = "10.0.0.0/16"
}
topology "artifacts" {
  kind    = "mesh" # or star
  servers = { for r, s in module.site : r => { url = s.url, token = s.admin_token } }
  repository "libs" { format = "maven" }
  repository "images" {
    format  = "oci"
    regions = ["us-east-1"] # not everywhere
  }
  virtual "npm" {
    format  = "npm"
    members = ["js", "upstream-npm"]
  }
}
