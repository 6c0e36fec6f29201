topology "artifacts" {
  kind = "star"
  hub  = "a"
  servers = {
    a = { url = "https://a.example.com" }
    b = { url = "https://b.example.com" }
    c = { url = "https://c.example.com" }
  }

  repository "libs" {
    format = "generic"
  }
}
