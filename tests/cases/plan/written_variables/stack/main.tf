variable "settings" {
  type = object({
    name  = string
    ports = optional(list(number), [80])
  })
}

variable "sizes" {
  type    = list(number)
  default = [1.5, 123456789012345678901234567890]
}

resource "terraform_data" "a" {
  input = [var.settings, var.sizes, 1 / 3]
}
