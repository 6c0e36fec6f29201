a="x%{~ if a ~}y%{~ else ~}z%{~ endif ~}${~b~}"
