variable "a" {
  type    = list(string)
  default = [var.b]
}

variable "b" {
  default = upper("x")
}

variable "c" {
  type    = number
  default = "x"
}

variable "d" {
  sensitive = var.a
  nullable  = "maybe"
}

variable "e" {
  nullable = false
  default  = null
}

variable "f" {
  type = map()
}

variable "g" {
  description = ["x"]
}

variable "h" {
  type    = object({ a = tuple([number]) })
  default = { a = ["x"] }
}
