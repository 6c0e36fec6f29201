variable "name" {
  description = "Goes in front of every name."
  type        = string
}

variable "region" {
  description = "Where the network lives."
  type        = string
}

variable "cidr_block" {
  description = "The network's addresses; a /16 leaves room for three zones."
  type        = string
}

variable "zones" {
  description = "How many zones the network spans."
  type        = number
  default     = 3

  validation {
    condition     = var.zones >= 2
    error_message = "A balancer needs two zones at least."
  }
}

variable "trusted" {
  description = "The networks from which the service may be reached."
  type        = set(string)
}

variable "tags" {
  description = "Tags of everything in the network."
  type        = map(string)
  default     = {}
}
