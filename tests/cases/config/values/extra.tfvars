list = ["extra"]
