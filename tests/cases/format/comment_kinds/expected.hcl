# hash
// slashes
/* star */
/* many
   lines
*/
a = 1 #tight
b = 2 //tight
c = /* before */ 3 /* after */
#no space
//no space
#
