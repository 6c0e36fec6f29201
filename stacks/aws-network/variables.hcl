variable "name" {
  description = "Goes in front of every name."
  type        = string
  default     = "artifacts"
}

variable "trusted" {
  description = "The networks from which the service may be reached."
  type        = set(string)
  default     = ["192.0.2.0/24"]
}

variable "image_id" {
  description = "The image that machines are started from, by region."
  type        = map(string)
  default = {
    eu-central-1 = "ami-0c0000000000000e1"
    us-east-1    = "ami-0c0000000000000a1"
  }
}

variable "instance_type" {
  type    = string
  default = "t3.medium"
}
