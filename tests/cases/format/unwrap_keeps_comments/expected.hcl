a = /* c */ x /* d */
b = /* c */ x
