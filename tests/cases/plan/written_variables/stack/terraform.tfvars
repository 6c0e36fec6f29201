settings = {
  name  = "web"
  extra = true
}
