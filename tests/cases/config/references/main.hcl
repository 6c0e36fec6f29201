region "us-east-1" {
  parent = region["us-east-1"]
}

variable "regions" {}

variable "limit" {
  validation {
    condition     = var.limit != var.regions
    error_message = "no"
  }
}

locals {
  a = var.region
  b = var.nothing
  c = local.aa
  d = module.site.url
  e = module.sites.url
  f = aws_vpc.main.id
  g = data.aws_vpc.main.id
  h = each.key
  i = count.index
  j = self.id
  k = path.here
  l = terraform.env
  m = region["us-east-2"].cidr
  n = region.us-west-9
  o = aws_vpc
  p = var
  q = template.x
  r = [for x in var.list : x.name]
  s = vars.regions
  t = module.many.url
  u = module.many["a"].url
  v = aws_subnet.one[0].id
  w = aws_subnet.many.id
  x = aws_subnet.many[*].id
  y = string
  z = "${var.reigons}"
}

resource "aws_subnet" "one" {
  name = aws_subnet.one.id
  vpc  = data.aws_subnet.many[0].id
  each = each.value
}

resource "aws_subnet" "many" {
  count    = count.index
  name     = each.key
  position = count.index

  lifecycle {
    precondition {
      condition     = self.id != ""
      error_message = "no"
    }
    replace_triggered_by = [aws_subnet.one.id]
  }
}

resource "aws_subnet" "hung" {
  depends_on = [aws_subnet.nope, aws_subnet.one.id, module.site]
  dynamic "tag" {
    for_each = tag.value
    content {
      key = tag.key
      and = tags.value
    }
  }
}

module "site" {
  source = "./site"
  name   = "x"
}

module "many" {
  source   = "./site"
  for_each = region
  name     = each.value.cidr
}
