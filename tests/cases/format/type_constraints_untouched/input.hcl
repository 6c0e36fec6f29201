variable "a" {
type="any"
}
variable "b" {
type="number"
}
variable "c" {
type=list(string)
}
variable "d" {
type=map(list)
}
variable "e" {
type="${string}"
}
variable "f" {
type=(list)
}
variable "g" {
validation {
type="string"
}
}
resource "a" "b" {
type="string"
}
type="string"
x {
variable "z" {
type="string"
}
}
