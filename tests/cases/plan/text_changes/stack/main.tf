locals { big = join("\n", [for i in range(20) : i == 10 ? "changed" : "line ${i}"]) }
resource "terraform_data" "json" { input = jsonencode({ a = 2, b = ["x", "y"], c = { d = 1 } }) }
resource "terraform_data" "lines" { input = local.big }
resource "terraform_data" "list" { input = [1, 2, 3, 5, 6, 7, 8, 9, 11] }
resource "terraform_data" "objects" { input = [{ n = "a", v = 1 }, { n = "b", v = 3 }, { n = "c", v = 3 }] }
resource "terraform_data" "type" { input = ["a"] }
resource "terraform_data" "null" { input = null }
resource "terraform_data" "set" { input = toset(["a", "c"]) }
resource "terraform_data" "map" { input = { a = "1", "b c" = "2", e = { x = 1 } } }
resource "terraform_data" "trigger" { triggers_replace = { a = 2, b = 1 } }
resource "terraform_data" "trigger2" { triggers_replace = "n" }
resource "terraform_data" "trigger3" { triggers_replace = [terraform_data.trigger.id] }
resource "terraform_data" "trigger4" { triggers_replace = terraform_data.trigger.id }
resource "terraform_data" "empty" { input = { l = [], m = {}, s = "" } }
resource "terraform_data" "partly" { input = { l = [terraform_data.trigger.id, "k"], m = { i = terraform_data.trigger.id, k = "k" } } }
resource "terraform_data" "json2" { input = jsonencode(["only new"]) }
output "json" { value = jsonencode({ a = 2, b = 1 }) }
output "multi" { value = "a\nc\n" }
output "list" { value = [1, 3] }
output "obj" { value = { a = { b = 2 }, c = terraform_data.trigger.id } }
