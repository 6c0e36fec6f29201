a=<<OUT
${ f(<<IN
 inner ${x}
IN
) }
OUT
b=1
