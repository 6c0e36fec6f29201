output "url" {
  value = "here"
}
