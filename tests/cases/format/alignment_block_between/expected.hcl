b {
  a = 1
  nested {
    longer = 1
  }
  bbb = 2
}
