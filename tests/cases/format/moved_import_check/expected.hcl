moved {
  from = a.b[0]
  to   = a.b["x"]
}
import {
  for_each = local.ids
  to       = aws_x.y[each.key]
  id       = each.value
}
check "up" {
  data "http" "x" { url = "https://example.com" }
  assert {
    condition     = data.http.x.status_code == 200
    error_message = "got ${data.http.x.status_code}"
  }
}
