variable "plain" {}

variable "text" {
  type    = string
  default = "default"
}

variable "number" {
  type = number
}

variable "list" {
  type = list(string)
}

variable "any" {
  type    = any
  default = null
}

variable "secret" {
  sensitive = true
}

variable "fixed" {
  nullable = false
  default  = "kept"
}

variable "object" {
  type = object({
    name = string
    port = optional(number, 80)
  })
}

variable "from_json" {
  type = map(number)
}
