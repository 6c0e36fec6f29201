output "urls" {
  description = "The base URL of each site."
  value       = { for region, site in module.site : region => site.url }
}

output "admin_user" {
  description = "Who may do everything."
  value       = "admin"
}

output "admin_password" {
  description = "Print it with: artiform -chdir=stacks/quickstart output --raw admin_password"
  value       = random_password.admin.result
  sensitive   = true
}

output "try_next" {
  description = "Publish at one site, read at the other, look at the drift."
  value       = <<-EOT
    export PASSWORD=$(target/release/artiform -chdir=stacks/quickstart output --raw admin_password)
    curl -u admin:$PASSWORD -T README.md ${module.site["east"].url}/artifactory/files/hello/README.md
    curl -u admin:$PASSWORD ${module.site["west"].url}/artifactory/files/hello/README.md
    target/release/artiform plan stacks/quickstart
  EOT
}
