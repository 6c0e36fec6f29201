# Two sites of one repository service on this machine, joined by push replication.
#
#   artiform apply stacks/quickstart
#
# A third region is one more block:
#
#   region "north" {
#     port = 8083
#   }

stack {
  name = "quickstart"
}

region "east" {
  port = 8081
}

region "west" {
  port = 8082
}

resource "random_password" "admin" {
  length  = 24
  special = false
}

resource "random_password" "token" {
  length  = 40
  special = false
}

module "site" {
  source   = "../../modules/site-local"
  for_each = region

  name           = each.key
  port           = each.value.port
  data_dir       = abspath("${path.root}/../../state/quickstart/sites/${each.key}")
  admin_password = random_password.admin.result
  admin_token    = random_password.token.result
}

topology "artifacts" {
  kind    = "mesh"
  servers = { for region, site in module.site : region => { url = site.url, token = site.admin_token } }

  repository "files" {
    format = "generic"
  }

  repository "libs" {
    format = "maven"
  }

  repository "python" {
    format = "pypi"
  }

  repository "js" {
    format = "npm"
  }
}
