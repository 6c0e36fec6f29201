variable "a" {
  type = string
}
variable "b" {
  type = list(string)
}
variable "c" {
  type    = map(string) # c
  default = {}
}
variable "d" { type = list(any) }
variable "e" {
  type = map(any)
}
variable "f" {
  type = set(any)
}
