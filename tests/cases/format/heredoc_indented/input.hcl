b {
t=<<-EOT
      one
        two ${ x }
    EOT
u=1
}
