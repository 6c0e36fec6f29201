topology "artifacts" {
  kind = "mesh"
  servers = {
    a = { url = "https://a.example.com", token = "secret" }
    b = { url = "https://b.example.com", username = "admin", password = "secret" }
    c = { url = "https://c.example.com" }
  }

  repository "libs" {
    format = "maven"
  }

  repository "here" {
    format  = "generic"
    regions = ["b"]
  }
}
