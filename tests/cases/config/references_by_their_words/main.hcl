variable "regions" {}

variable "limit" {
  validation {
    condition     = var.regions != ""
    error_message = "no"
  }
}

resource "aws_subnet" "one" {
  lifecycle {
    replace_triggered_by = [var.limit, aws_subnet.two.id]
  }
}
