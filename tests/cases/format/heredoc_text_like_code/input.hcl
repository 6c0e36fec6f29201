a=<<EOT
x=1 # no
{ [ (
" \ '
%% $$ % $
EOT
