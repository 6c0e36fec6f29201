a=<<EOT
EOTX
 EOT x
not EOT
${x}EOT
$${EOT}
EOT
b=<<A-B_1
A-B
A-B_1
