# Where the service keeps what it is given, and what it must not tell.

data "aws_caller_identity" "me" {}

resource "aws_kms_key" "service" {
  for_each = region

  region                  = each.key
  description             = "What ${var.name} keeps in ${each.key}"
  enable_key_rotation     = true
  deletion_window_in_days = 7
}

resource "aws_kms_alias" "service" {
  for_each = region

  region        = each.key
  name          = "alias/${var.name}"
  target_key_id = aws_kms_key.service[each.key].key_id
}

resource "aws_s3_bucket" "blobs" {
  for_each = region

  region = each.key
  bucket = "${var.name}-blobs-${data.aws_caller_identity.me.account_id}-${each.key}"
}

resource "aws_s3_bucket_versioning" "blobs" {
  for_each = region

  region = each.key
  bucket = aws_s3_bucket.blobs[each.key].bucket

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "blobs" {
  for_each = region

  region = each.key
  bucket = aws_s3_bucket.blobs[each.key].bucket

  rule {
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.service[each.key].arn
    }
  }
}

resource "aws_s3_bucket_public_access_block" "blobs" {
  for_each = region

  region                  = each.key
  bucket                  = aws_s3_bucket.blobs[each.key].bucket
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_lifecycle_configuration" "blobs" {
  for_each = region

  region = each.key
  bucket = aws_s3_bucket.blobs[each.key].bucket

  rule {
    id     = "uploads"
    status = "Enabled"

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }

    noncurrent_version_expiration {
      noncurrent_days = 30
    }
  }

  depends_on = [aws_s3_bucket_versioning.blobs]
}

data "aws_iam_policy_document" "encrypted_in_transit" {
  for_each = region

  statement {
    sid       = "EncryptedInTransit"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.blobs[each.key].arn, "${aws_s3_bucket.blobs[each.key].arn}/*"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

resource "aws_s3_bucket_policy" "blobs" {
  for_each = region

  region = each.key
  bucket = aws_s3_bucket.blobs[each.key].bucket
  policy = data.aws_iam_policy_document.encrypted_in_transit[each.key].json

  # A policy that is changed after the block is checked against it.
  depends_on = [aws_s3_bucket_public_access_block.blobs]
}

resource "random_password" "database" {
  length  = 32
  special = false
}

resource "aws_ssm_parameter" "database_password" {
  for_each = region

  region = each.key
  name   = "/${var.name}/database/password"
  type   = "SecureString"
  key_id = aws_kms_key.service[each.key].key_id
  value  = random_password.database.result
}

resource "aws_ssm_parameter" "bucket" {
  for_each = region

  region = each.key
  name   = "/${var.name}/bucket"
  type   = "String"
  value  = aws_s3_bucket.blobs[each.key].bucket
}
