variable "missing" {}

variable "number" {
  type = number
}

variable "list" {
  type = list(string)
}

variable "fixed" {
  nullable = false
}

variable "secret" {
  type      = list(string)
  sensitive = true
}
