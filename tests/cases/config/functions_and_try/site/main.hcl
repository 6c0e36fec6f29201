output "url" {
  value = 1
}
