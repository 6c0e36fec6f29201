a = "क्षा" # two
bb = "xx" # two
