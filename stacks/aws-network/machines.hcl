# What the machines of the service are started from, and what they may do.

data "aws_iam_policy_document" "machines" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "server" {
  statement {
    sid       = "Blobs"
    actions   = ["s3:DeleteObject", "s3:GetObject", "s3:ListBucket", "s3:PutObject"]
    resources = flatten([for bucket in aws_s3_bucket.blobs : [bucket.arn, "${bucket.arn}/*"]])
  }

  statement {
    sid       = "Parameters"
    actions   = ["ssm:GetParameter", "ssm:GetParameters"]
    resources = [for parameter in aws_ssm_parameter.database_password : parameter.arn]
  }

  statement {
    sid       = "Keys"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [for key in aws_kms_key.service : key.arn]
  }
}

resource "aws_iam_role" "server" {
  name               = "${var.name}-server"
  assume_role_policy = data.aws_iam_policy_document.machines.json
}

resource "aws_iam_role_policy" "server" {
  name   = "service"
  role   = aws_iam_role.server.name
  policy = data.aws_iam_policy_document.server.json
}

resource "aws_iam_instance_profile" "server" {
  name = "${var.name}-server"
  role = aws_iam_role.server.name
}

resource "aws_launch_template" "server" {
  for_each = region

  region                 = each.key
  name                   = "${var.name}-server"
  image_id               = var.image_id[each.key]
  instance_type          = var.instance_type
  vpc_security_group_ids = [module.network[each.key].server_security_group_id]
  update_default_version = true

  iam_instance_profile {
    name = aws_iam_instance_profile.server.name
  }

  # Nobody who makes the server fetch an address gets at its credentials.
  metadata_options {
    http_endpoint = "enabled"
    http_tokens   = "required"
  }
}
