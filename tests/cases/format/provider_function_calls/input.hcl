a=provider::time::rfc3339_parse( "x" ).unix
b=core :: f()
