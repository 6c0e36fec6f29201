a={for k,v in m:k=>v}
b={ for x in y:x.k=>x... if x.ok }
c={
for k,v in m:k=>{
a=v
longer=1
}
}
d={for x in {}:x=>-1}
