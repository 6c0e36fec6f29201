a=1
longer={
x=1
}
bb=2
longest_of_all=[
1]
c=3
