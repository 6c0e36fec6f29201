b {
t=<<EOT
 a ${ join(",",[
  1,2
 ]) } c
EOT
u=1
}
