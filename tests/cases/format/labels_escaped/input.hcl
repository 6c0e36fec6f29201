a "x\ty" {}
a "\u00e9" {}
a "q\"q" {}
a "back\\slash" {}
a "日本" {}
a "" {}
a "\u200d" {}
