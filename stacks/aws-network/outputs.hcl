output "buckets" {
  value = { for name, bucket in aws_s3_bucket.blobs : name => bucket.bucket }
}

output "networks" {
  value = { for name, network in module.network : name => network.vpc_id }
}

output "launch_templates" {
  value = { for name, template in aws_launch_template.server : name => template.id }
}
