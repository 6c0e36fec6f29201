variable "a" {
type=object({
name=string
longer_name=optional(list(string),[])
})
}
variable "b" {
type=map(object({a=string,b=optional(number)}))
}
