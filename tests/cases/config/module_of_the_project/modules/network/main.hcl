output "id" {
  value = path.module
}
