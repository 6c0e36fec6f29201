a "x\ty" {}
a "é" {}
a "q\"q" {}
a "back\\slash" {}
a "日本" {}
a "" {}
a "\u200d" {}
