a=<<EOT
%{ for x in y ~}
  ${ x.name }=${x.value}
%{ endfor ~}
%{ if a }yes%{ else }no%{ endif }
EOT
