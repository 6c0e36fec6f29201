a {
      # too far
# too near
b {
        // deeper
}
}
