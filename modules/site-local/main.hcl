# One site of the repository service: a server process on this machine.

variable "name" {
  description = "The region's name; it is part of the names of the site's own repositories."
  type        = string
}

variable "host" {
  description = "The address to listen on."
  type        = string
  default     = "127.0.0.1"
}

variable "port" {
  description = "The port to listen on."
  type        = number
}

variable "data_dir" {
  description = "The folder that holds catalog, blobs and logs."
  type        = string
}

variable "keep_data" {
  description = "Whether the data folder stays when the site is destroyed."
  type        = bool
  default     = true
}

variable "admin_user" {
  type    = string
  default = "admin"
}

variable "admin_password" {
  type      = string
  sensitive = true
}

variable "admin_token" {
  description = "What the other sites and the provisioner sign in with."
  type        = string
  sensitive   = true
}

resource "local_server" "this" {
  region         = var.name
  site           = var.name
  host           = var.host
  port           = var.port
  data_dir       = var.data_dir
  keep_data      = var.keep_data
  admin_user     = var.admin_user
  admin_password = var.admin_password
  admin_token    = var.admin_token
}

output "url" {
  description = "The base URL."
  value       = local_server.this.url
}

output "admin_token" {
  value     = var.admin_token
  sensitive = true
}
