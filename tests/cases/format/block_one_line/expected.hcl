a { x = 1 }
b "y" { x = v }
