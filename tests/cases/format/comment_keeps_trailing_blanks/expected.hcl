a = 1 # two blanks  
# tab	
b = 2
