number = 4
object = { name = "x" }
