//! One case a type: what it needs, its first values, another value for each argument, and how it vanishes.

use serde_json::{Value, json};
use testkit::aws::Cloud;

use super::REGION;

/// Names of arguments with expressions, or with reasons.
type Named = &'static [(&'static str, &'static str)];

/// What the suite knows of a type beyond its schema.
pub(super) struct Case {
    pub(super) resource: &'static str,
    /// What it stands on.
    pub(super) needs: &'static str,
    /// The first arguments; a value that begins with `block {` is a nested block.
    pub(super) base: Named,
    /// Another value for each argument that changes in place; `-` takes it away.
    pub(super) updates: Named,
    /// Another value for each argument that forces replacement.
    pub(super) replaces: Named,
    /// Arguments that are not changed, with the reason.
    pub(super) exempt: Named,
    /// The import id; none for what cannot be imported, as with Terraform.
    pub(super) import: Option<fn(&Value) -> String>,
    /// Deletes it behind the command's back.
    pub(super) vanish: fn(&Cloud, &Value),
}

const VPC: &str = "resource \"aws_vpc\" \"need\" {\n  cidr_block = \"10.0.0.0/16\"\n}\nresource \"aws_vpc\" \"other\" {\n  cidr_block = \"10.1.0.0/16\"\n}\n";

const GATED_VPC: &str = r#"
resource "aws_vpc" "need" {
  cidr_block = "10.0.0.0/16"
}
resource "aws_vpc" "other" {
  cidr_block = "10.1.0.0/16"
}
resource "aws_internet_gateway" "need" {
  vpc_id = aws_vpc.need.id
}
"#;

const ME: &str = "data \"aws_caller_identity\" \"me\" {}\n";

const BUCKET: &str = "resource \"aws_s3_bucket\" \"need\" {\n  bucket = \"${var.prefix}-need\"\n}\nresource \"aws_s3_bucket\" \"other\" {\n  bucket = \"${var.prefix}-other\"\n}\n";

const TRUST: &str = "jsonencode({ Version = \"2012-10-17\", Statement = [{ Effect = \"Allow\", Action = \"sts:AssumeRole\", Principal = { Service = \"ec2.amazonaws.com\" } }] })";

const ROLE: &str = r#"
resource "aws_iam_role" "need" {
  name               = "${var.prefix}-need"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}
resource "aws_iam_role" "other" {
  name               = "${var.prefix}-other"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}
"#;

const ROUTES: &str = r#"
resource "aws_vpc" "need" {
  cidr_block = "10.0.0.0/16"
}
resource "aws_internet_gateway" "need" {
  vpc_id = aws_vpc.need.id
}
resource "aws_subnet" "need" {
  vpc_id     = aws_vpc.need.id
  cidr_block = "10.0.1.0/24"
}
resource "aws_subnet" "other" {
  vpc_id     = aws_vpc.need.id
  cidr_block = "10.0.2.0/24"
}
resource "aws_route_table" "need" {
  vpc_id = aws_vpc.need.id
}
resource "aws_route_table" "other" {
  vpc_id = aws_vpc.need.id
}
"#;

const GATEWAYS: &str = r#"
resource "aws_vpc" "need" {
  cidr_block = "10.0.0.0/16"
}
resource "aws_internet_gateway" "need" {
  vpc_id = aws_vpc.need.id
}
resource "aws_subnet" "need" {
  vpc_id     = aws_vpc.need.id
  cidr_block = "10.0.1.0/24"
  depends_on = [aws_internet_gateway.need]
}
resource "aws_subnet" "other" {
  vpc_id     = aws_vpc.need.id
  cidr_block = "10.0.2.0/24"
  depends_on = [aws_internet_gateway.need]
}
resource "aws_eip" "need" {
  domain = "vpc"
}
resource "aws_eip" "other" {
  domain = "vpc"
}
"#;

const GROUPS: &str = r#"
resource "aws_vpc" "need" {
  cidr_block = "10.0.0.0/16"
}
resource "aws_security_group" "need" {
  name   = "need"
  vpc_id = aws_vpc.need.id
}
resource "aws_security_group" "other" {
  name   = "other"
  vpc_id = aws_vpc.need.id
}
"#;

const KEYS: &str = r#"
resource "aws_kms_key" "need" {
  deletion_window_in_days = 7
}
resource "aws_kms_key" "other" {
  deletion_window_in_days = 7
}
"#;

// Why arguments of more than one type are exempt.
const IGNORED: &str = "the emulator ignores it";
const NO_IPV6: &str = "the networks of the emulator have no IPv6";
const NO_OWNER: &str = "the emulator does not compare owners";
const NO_TARGET: &str = "the emulator has no such target";

fn text(values: &Value, name: &str) -> String {
    values[name].as_str().unwrap_or_else(|| panic!("{name} in {values}")).to_owned()
}

fn id(values: &Value) -> String {
    text(values, "id")
}

fn call(cloud: &Cloud, service: &str, operation: &str, parameters: Value) {
    let _ = cloud.boto3(service, REGION, operation, parameters);
}

fn ec2(cloud: &Cloud, operation: &str, parameters: Value) {
    call(cloud, "ec2", operation, parameters);
}

fn of_bucket(cloud: &Cloud, values: &Value, operation: &str) {
    call(cloud, "s3", operation, json!({"Bucket": text(values, "bucket")}));
}

/// By name of the type.
pub(super) const CASES: &[Case] = &[
    Case {
        resource: "aws_eip",
        needs: "",
        base: &[("domain", "\"vpc\""), ("tags", "{ Name = \"a\" }")],
        updates: &[("tags", "{ Name = \"b\", More = \"c\" }")],
        replaces: &[],
        exempt: &[
            ("address", "the emulator has no pools of addresses"),
            ("domain", "vpc is the only value that still exists"),
            ("network_border_group", "the emulator has no pools of addresses"),
            ("public_ipv4_pool", "the emulator has no pools of addresses"),
        ],
        import: Some(id),
        vanish: |cloud, v| ec2(cloud, "release_address", json!({"AllocationId": id(v)})),
    },
    Case {
        resource: "aws_iam_instance_profile",
        needs: ROLE,
        base: &[("name", "\"${var.prefix}-subject\""), ("role", "aws_iam_role.need.name")],
        updates: &[("role", "aws_iam_role.other.name"), ("tags", "{ Name = \"b\" }")],
        replaces: &[("name", "\"${var.prefix}-renamed\""), ("path", "\"/team/\"")],
        exempt: &[("name_prefix", "excludes name")],
        import: Some(|v| text(v, "name")),
        vanish: |cloud, v| {
            let (profile, role) = (text(v, "name"), text(v, "role"));
            let member = json!({"InstanceProfileName": profile, "RoleName": role});
            call(cloud, "iam", "remove_role_from_instance_profile", member);
            call(cloud, "iam", "delete_instance_profile", json!({"InstanceProfileName": profile}));
        },
    },
    Case {
        resource: "aws_iam_role",
        needs: ME,
        base: &[("name", "\"${var.prefix}-subject\""), ("assume_role_policy", TRUST)],
        updates: &[
            (
                "assume_role_policy",
                "jsonencode({ Version = \"2012-10-17\", Statement = [{ Effect = \"Allow\", Action = \"sts:AssumeRole\", Principal = { Service = \"lambda.amazonaws.com\" } }] })",
            ),
            ("description", "\"what it is for\""),
            ("force_detach_policies", "true"),
            ("max_session_duration", "7200"),
            (
                "permissions_boundary",
                "\"arn:aws:iam::${data.aws_caller_identity.me.account_id}:policy/limits\"",
            ),
            ("tags", "{ Name = \"b\" }"),
        ],
        replaces: &[("name", "\"${var.prefix}-renamed\""), ("path", "\"/team/\"")],
        exempt: &[("name_prefix", "excludes name")],
        import: Some(|v| text(v, "name")),
        vanish: |cloud, v| call(cloud, "iam", "delete_role", json!({"RoleName": text(v, "name")})),
    },
    Case {
        resource: "aws_iam_role_policy",
        needs: ROLE,
        base: &[
            ("name", "\"subject\""),
            ("role", "aws_iam_role.need.name"),
            (
                "policy",
                "jsonencode({ Version = \"2012-10-17\", Statement = [{ Effect = \"Allow\", Action = \"s3:GetObject\", Resource = \"*\" }] })",
            ),
        ],
        updates: &[(
            "policy",
            "jsonencode({ Version = \"2012-10-17\", Statement = [{ Effect = \"Deny\", Action = \"s3:GetObject\", Resource = \"*\" }] })",
        )],
        replaces: &[("name", "\"renamed\""), ("role", "aws_iam_role.other.name")],
        exempt: &[("name_prefix", "excludes name")],
        import: Some(id),
        vanish: |cloud, v| {
            let parameters = json!({"RoleName": text(v, "role"), "PolicyName": text(v, "name")});
            call(cloud, "iam", "delete_role_policy", parameters);
        },
    },
    Case {
        resource: "aws_internet_gateway",
        needs: VPC,
        base: &[("vpc_id", "aws_vpc.need.id")],
        updates: &[("vpc_id", "aws_vpc.other.id"), ("tags", "{ Name = \"b\" }")],
        replaces: &[],
        exempt: &[],
        import: Some(id),
        vanish: |cloud, v| {
            let pair = json!({"InternetGatewayId": id(v), "VpcId": text(v, "vpc_id")});
            ec2(cloud, "detach_internet_gateway", pair);
            ec2(cloud, "delete_internet_gateway", json!({"InternetGatewayId": id(v)}));
        },
    },
    Case {
        resource: "aws_kms_alias",
        needs: KEYS,
        base: &[("name", "\"alias/subject\""), ("target_key_id", "aws_kms_key.need.key_id")],
        updates: &[("target_key_id", "aws_kms_key.other.key_id")],
        replaces: &[("name", "\"alias/renamed\"")],
        exempt: &[("name_prefix", "excludes name")],
        import: Some(|v| text(v, "name")),
        vanish: |cloud, v| {
            call(cloud, "kms", "delete_alias", json!({"AliasName": text(v, "name")}));
        },
    },
    Case {
        resource: "aws_kms_key",
        needs: "",
        base: &[("deletion_window_in_days", "7")],
        updates: &[
            ("description", "\"what it is for\""),
            ("enable_key_rotation", "true"),
            ("is_enabled", "false"),
            ("tags", "{ Name = \"b\" }"),
        ],
        replaces: &[("key_usage", "\"SIGN_VERIFY\"")],
        exempt: &[
            ("bypass_policy_lockout_safety_check", "is only said along with a policy"),
            ("customer_master_key_spec", "goes with key_usage"),
            ("deletion_window_in_days", "is only asked for at deletion"),
            ("multi_region", "the emulator gives such a key another form of id"),
            ("policy", "the emulator does not judge policies"),
            ("rotation_period_in_days", "the emulator does not tell it"),
        ],
        import: Some(id),
        vanish: |cloud, v| {
            let parameters = json!({"KeyId": id(v), "PendingWindowInDays": 7});
            call(cloud, "kms", "schedule_key_deletion", parameters);
        },
    },
    Case {
        resource: "aws_launch_template",
        needs: GROUPS,
        base: &[("name", "\"${var.prefix}-subject\""), ("instance_type", "\"t3.small\"")],
        updates: &[
            (
                "block_device_mappings",
                "block {\n    device_name = \"/dev/xvda\"\n    ebs {\n      volume_size = 20\n      volume_type = \"gp3\"\n    }\n  }",
            ),
            ("description", "\"what it is for\""),
            ("disable_api_stop", "true"),
            ("disable_api_termination", "true"),
            ("ebs_optimized", "\"true\""),
            ("image_id", "\"ami-12345678\""),
            ("instance_initiated_shutdown_behavior", "\"terminate\""),
            ("instance_type", "\"t3.large\""),
            ("key_name", "\"a-key\""),
            (
                "tag_specifications",
                "block {\n    resource_type = \"instance\"\n    tags          = { Name = \"machine\" }\n  }",
            ),
            ("default_version", "2"),
            ("update_default_version", "true"),
            ("tags", "{ Name = \"b\" }"),
            ("user_data", "base64encode(\"#!/bin/sh\")"),
            ("vpc_security_group_ids", "[aws_security_group.need.id]"),
            ("iam_instance_profile", "block {\n    name = \"a-profile\"\n  }"),
            ("metadata_options", "block {\n    http_tokens = \"required\"\n  }"),
            ("monitoring", "block {\n    enabled = true\n  }"),
        ],
        replaces: &[("name", "\"${var.prefix}-renamed\"")],
        exempt: &[("name_prefix", "excludes name")],
        import: Some(id),
        vanish: |cloud, v| {
            ec2(cloud, "delete_launch_template", json!({"LaunchTemplateId": id(v)}));
        },
    },
    Case {
        resource: "aws_nat_gateway",
        needs: GATEWAYS,
        base: &[("allocation_id", "aws_eip.need.id"), ("subnet_id", "aws_subnet.need.id")],
        updates: &[("tags", "{ Name = \"b\" }")],
        replaces: &[("allocation_id", "aws_eip.other.id"), ("subnet_id", "aws_subnet.other.id")],
        exempt: &[
            ("connectivity_type", "the emulator does not tell it"),
            ("private_ip", "the emulator gives addresses outside of the subnet"),
        ],
        import: Some(id),
        vanish: |cloud, v| {
            let parameters = json!({"NatGatewayId": id(v)});
            cloud.through_proxy("ec2", REGION, "delete_nat_gateway", parameters).expect("it goes");
            cloud.clock().turn(testkit::aws::overlay::nat_gateways::DELETING);
        },
    },
    Case {
        resource: "aws_route",
        needs: ROUTES,
        base: &[
            ("route_table_id", "aws_route_table.need.id"),
            ("destination_cidr_block", "\"0.0.0.0/0\""),
            ("gateway_id", "aws_internet_gateway.need.id"),
        ],
        updates: &[],
        replaces: &[
            ("route_table_id", "aws_route_table.other.id"),
            ("destination_cidr_block", "\"192.168.0.0/16\""),
        ],
        exempt: &[
            ("carrier_gateway_id", NO_TARGET),
            ("core_network_arn", NO_TARGET),
            ("destination_ipv6_cidr_block", "excludes destination_cidr_block"),
            ("destination_prefix_list_id", "excludes destination_cidr_block"),
            ("egress_only_gateway_id", NO_TARGET),
            ("gateway_id", "a network has one internet gateway"),
            ("local_gateway_id", NO_TARGET),
            ("nat_gateway_id", "is changed by the life cycle of the whole network"),
            ("network_interface_id", NO_TARGET),
            ("transit_gateway_id", NO_TARGET),
            ("vpc_endpoint_id", NO_TARGET),
            ("vpc_peering_connection_id", NO_TARGET),
        ],
        import: Some(|v| {
            format!("{}_{}", text(v, "route_table_id"), text(v, "destination_cidr_block"))
        }),
        vanish: |cloud, v| {
            let parameters = json!({"RouteTableId": text(v, "route_table_id"), "DestinationCidrBlock": text(v, "destination_cidr_block")});
            ec2(cloud, "delete_route", parameters);
        },
    },
    Case {
        resource: "aws_route_table",
        needs: GATED_VPC,
        base: &[("vpc_id", "aws_vpc.need.id")],
        updates: &[
            (
                "route",
                "block {\n    cidr_block = \"192.168.0.0/16\"\n    gateway_id = aws_internet_gateway.need.id\n  }",
            ),
            ("tags", "{ Name = \"b\" }"),
        ],
        replaces: &[("vpc_id", "aws_vpc.other.id")],
        exempt: &[("propagating_vgws", "the emulator has no virtual private gateways")],
        import: Some(id),
        vanish: |cloud, v| ec2(cloud, "delete_route_table", json!({"RouteTableId": id(v)})),
    },
    Case {
        resource: "aws_route_table_association",
        needs: ROUTES,
        base: &[("subnet_id", "aws_subnet.need.id"), ("route_table_id", "aws_route_table.need.id")],
        updates: &[("route_table_id", "aws_route_table.other.id")],
        replaces: &[("subnet_id", "aws_subnet.other.id")],
        exempt: &[("gateway_id", "edge associations are another thing to the emulator")],
        import: Some(|v| format!("{}/{}", text(v, "subnet_id"), text(v, "route_table_id"))),
        vanish: |cloud, v| ec2(cloud, "disassociate_route_table", json!({"AssociationId": id(v)})),
    },
    Case {
        resource: "aws_s3_bucket",
        needs: "",
        base: &[("bucket", "\"${var.prefix}-subject\""), ("force_destroy", "false")],
        updates: &[("force_destroy", "true"), ("tags", "{ Name = \"b\" }")],
        replaces: &[("bucket", "\"${var.prefix}-renamed\""), ("object_lock_enabled", "true")],
        exempt: &[("bucket_prefix", "excludes bucket")],
        import: Some(id),
        vanish: |cloud, v| of_bucket(cloud, v, "delete_bucket"),
    },
    Case {
        resource: "aws_s3_bucket_lifecycle_configuration",
        needs: BUCKET,
        base: &[
            ("bucket", "aws_s3_bucket.need.id"),
            (
                "rule",
                "block {\n    id     = \"old\"\n    status = \"Enabled\"\n    filter {\n      prefix = \"tmp/\"\n    }\n    expiration {\n      days = 30\n    }\n  }",
            ),
        ],
        updates: &[(
            "rule",
            "block {\n    id     = \"old\"\n    status = \"Disabled\"\n    filter {\n      prefix = \"tmp/\"\n    }\n    expiration {\n      days = 60\n    }\n  }",
        )],
        replaces: &[("bucket", "aws_s3_bucket.other.id")],
        exempt: &[("expected_bucket_owner", NO_OWNER)],
        import: Some(|v| text(v, "bucket")),
        vanish: |cloud, v| of_bucket(cloud, v, "delete_bucket_lifecycle"),
    },
    Case {
        resource: "aws_s3_bucket_policy",
        needs: BUCKET,
        base: &[
            ("bucket", "aws_s3_bucket.need.id"),
            (
                "policy",
                "jsonencode({ Version = \"2012-10-17\", Statement = [{ Effect = \"Allow\", Principal = \"*\", Action = \"s3:GetObject\", Resource = \"arn:aws:s3:::any/*\" }] })",
            ),
        ],
        updates: &[(
            "policy",
            "jsonencode({ Version = \"2012-10-17\", Statement = [{ Effect = \"Allow\", Principal = \"*\", Action = \"s3:ListBucket\", Resource = \"arn:aws:s3:::any\" }] })",
        )],
        replaces: &[("bucket", "aws_s3_bucket.other.id")],
        exempt: &[],
        import: Some(|v| text(v, "bucket")),
        vanish: |cloud, v| of_bucket(cloud, v, "delete_bucket_policy"),
    },
    Case {
        resource: "aws_s3_bucket_public_access_block",
        needs: BUCKET,
        base: &[("bucket", "aws_s3_bucket.need.id"), ("block_public_acls", "true")],
        updates: &[
            ("block_public_acls", "false"),
            ("block_public_policy", "true"),
            ("ignore_public_acls", "true"),
            ("skip_destroy", "true"),
            ("restrict_public_buckets", "true"),
        ],
        replaces: &[("bucket", "aws_s3_bucket.other.id")],
        exempt: &[],
        import: Some(|v| text(v, "bucket")),
        vanish: |cloud, v| of_bucket(cloud, v, "delete_public_access_block"),
    },
    Case {
        resource: "aws_s3_bucket_server_side_encryption_configuration",
        needs: BUCKET,
        base: &[
            ("bucket", "aws_s3_bucket.need.id"),
            (
                "rule",
                "block {\n    apply_server_side_encryption_by_default {\n      sse_algorithm = \"AES256\"\n    }\n  }",
            ),
        ],
        updates: &[(
            "rule",
            "block {\n    bucket_key_enabled = true\n    apply_server_side_encryption_by_default {\n      sse_algorithm = \"aws:kms\"\n    }\n  }",
        )],
        replaces: &[("bucket", "aws_s3_bucket.other.id")],
        exempt: &[("expected_bucket_owner", NO_OWNER)],
        import: Some(|v| text(v, "bucket")),
        vanish: |cloud, v| of_bucket(cloud, v, "delete_bucket_encryption"),
    },
    Case {
        resource: "aws_s3_bucket_versioning",
        needs: BUCKET,
        base: &[
            ("bucket", "aws_s3_bucket.need.id"),
            ("versioning_configuration", "block {\n    status = \"Enabled\"\n  }"),
        ],
        updates: &[("versioning_configuration", "block {\n    status = \"Suspended\"\n  }")],
        replaces: &[("bucket", "aws_s3_bucket.other.id")],
        exempt: &[("expected_bucket_owner", NO_OWNER), ("mfa", "needs a device")],
        import: Some(|v| text(v, "bucket")),
        // Versioning cannot be taken away: the bucket goes, and comes back without it.
        vanish: |cloud, v| {
            of_bucket(cloud, v, "delete_bucket");
            let place = json!({"LocationConstraint": REGION});
            let parameters =
                json!({"Bucket": text(v, "bucket"), "CreateBucketConfiguration": place});
            call(cloud, "s3", "create_bucket", parameters);
        },
    },
    Case {
        resource: "aws_s3_object",
        needs: BUCKET,
        base: &[
            ("bucket", "aws_s3_bucket.need.id"),
            ("key", "\"a/b.txt\""),
            ("content", "\"hello\""),
        ],
        updates: &[
            ("cache_control", "\"no-store\""),
            ("content", "\"other\""),
            ("content_disposition", "\"attachment\""),
            ("content_encoding", "\"identity\""),
            ("content_language", "\"en\""),
            ("content_type", "\"text/plain\""),
            ("force_destroy", "true"),
            ("metadata", "{ owner = \"us\" }"),
            ("server_side_encryption", "\"AES256\""),
            ("source_hash", "\"1\""),
            ("storage_class", "\"STANDARD_IA\""),
            ("website_redirect", "\"/other.txt\""),
            ("tags", "{ Name = \"b\" }"),
        ],
        replaces: &[("bucket", "aws_s3_bucket.other.id"), ("key", "\"c.txt\"")],
        exempt: &[
            ("bucket_key_enabled", "goes with a key"),
            ("content_base64", "excludes content"),
            ("etag", "follows from the content"),
            ("kms_key_id", "goes with another kind of encryption"),
            ("source", "excludes content"),
        ],
        import: Some(|v| format!("{}/{}", text(v, "bucket"), text(v, "key"))),
        vanish: |cloud, v| {
            let parameters = json!({"Bucket": text(v, "bucket"), "Key": text(v, "key")});
            call(cloud, "s3", "delete_object", parameters);
        },
    },
    Case {
        resource: "aws_security_group",
        needs: VPC,
        base: &[("name", "\"subject\""), ("vpc_id", "aws_vpc.need.id")],
        updates: &[
            (
                "ingress",
                "block {\n    cidr_blocks = [\"10.0.0.0/8\"]\n    from_port   = 443\n    to_port     = 443\n    protocol    = \"tcp\"\n  }",
            ),
            (
                "egress",
                "block {\n    cidr_blocks = [\"10.0.0.0/8\"]\n    from_port   = 0\n    to_port     = 0\n    protocol    = \"-1\"\n  }",
            ),
            ("revoke_rules_on_delete", "true"),
            ("tags", "{ Name = \"b\" }"),
        ],
        replaces: &[
            ("name", "\"renamed\""),
            ("description", "\"what it is for\""),
            ("vpc_id", "aws_vpc.other.id"),
        ],
        exempt: &[("name_prefix", "excludes name")],
        import: Some(id),
        vanish: |cloud, v| ec2(cloud, "delete_security_group", json!({"GroupId": id(v)})),
    },
    Case {
        resource: "aws_ssm_parameter",
        needs: KEYS,
        base: &[("name", "\"/subject\""), ("type", "\"SecureString\""), ("value", "\"one\"")],
        updates: &[
            ("value", "\"two\""),
            ("description", "\"what it is for\""),
            ("tier", "\"Advanced\""),
            ("key_id", "aws_kms_key.need.arn"),
            ("tags", "{ Name = \"b\" }"),
        ],
        replaces: &[("name", "\"/renamed\"")],
        exempt: &[
            ("allowed_pattern", "the emulator keeps one that is left out"),
            ("arn", "follows from the name"),
            ("data_type", "the emulator does not check images"),
            ("insecure_value", "excludes value"),
            ("overwrite", "says how the first value is written"),
            ("type", "goes with the value"),
        ],
        import: Some(|v| text(v, "name")),
        vanish: |cloud, v| call(cloud, "ssm", "delete_parameter", json!({"Name": text(v, "name")})),
    },
    Case {
        resource: "aws_subnet",
        needs: VPC,
        base: &[
            ("vpc_id", "aws_vpc.need.id"),
            ("cidr_block", "\"10.0.1.0/24\""),
            ("availability_zone", "\"eu-west-1a\""),
        ],
        updates: &[("map_public_ip_on_launch", "true"), ("tags", "{ Name = \"b\" }")],
        replaces: &[("cidr_block", "\"10.0.2.0/24\""), ("availability_zone", "\"eu-west-1c\"")],
        exempt: &[
            ("assign_ipv6_address_on_creation", NO_IPV6),
            ("availability_zone_id", "names the zone that availability_zone names"),
            ("enable_dns64", NO_IPV6),
            ("enable_resource_name_dns_a_record_on_launch", IGNORED),
            ("enable_resource_name_dns_aaaa_record_on_launch", IGNORED),
            ("ipv6_cidr_block", NO_IPV6),
            ("ipv6_native", NO_IPV6),
            ("outpost_arn", "the emulator has no outposts"),
            ("private_dns_hostname_type_on_launch", IGNORED),
            ("vpc_id", "its range would have to change with it"),
        ],
        import: Some(id),
        vanish: |cloud, v| ec2(cloud, "delete_subnet", json!({"SubnetId": id(v)})),
    },
    Case {
        resource: "aws_vpc",
        needs: "",
        base: &[("cidr_block", "\"10.0.0.0/16\"")],
        updates: &[
            ("enable_dns_hostnames", "true"),
            ("enable_dns_support", "false"),
            ("enable_network_address_usage_metrics", "true"),
            ("tags", "{ Name = \"b\" }"),
        ],
        replaces: &[("cidr_block", "\"10.1.0.0/16\""), ("instance_tenancy", "\"dedicated\"")],
        exempt: &[
            ("assign_generated_ipv6_cidr_block", NO_IPV6),
            ("ipv4_ipam_pool_id", "the emulator has no pools of networks"),
            ("ipv4_netmask_length", "goes with a pool"),
        ],
        import: Some(id),
        vanish: |cloud, v| ec2(cloud, "delete_vpc", json!({"VpcId": id(v)})),
    },
    Case {
        resource: "aws_vpc_security_group_egress_rule",
        needs: GROUPS,
        base: &[
            ("security_group_id", "aws_security_group.need.id"),
            ("cidr_ipv4", "\"10.0.0.0/8\""),
            ("from_port", "443"),
            ("to_port", "443"),
            ("ip_protocol", "\"tcp\""),
        ],
        updates: RULE_UPDATES,
        replaces: RULE_REPLACES,
        exempt: RULE_EXEMPT,
        import: Some(id),
        vanish: |cloud, v| {
            let parameters =
                json!({"GroupId": text(v, "security_group_id"), "SecurityGroupRuleIds": [id(v)]});
            ec2(cloud, "revoke_security_group_egress", parameters);
        },
    },
    Case {
        resource: "aws_vpc_security_group_ingress_rule",
        needs: GROUPS,
        base: &[
            ("security_group_id", "aws_security_group.need.id"),
            ("cidr_ipv4", "\"10.0.0.0/8\""),
            ("from_port", "443"),
            ("to_port", "443"),
            ("ip_protocol", "\"tcp\""),
        ],
        updates: RULE_UPDATES,
        replaces: RULE_REPLACES,
        exempt: RULE_EXEMPT,
        import: Some(id),
        vanish: |cloud, v| {
            let parameters =
                json!({"GroupId": text(v, "security_group_id"), "SecurityGroupRuleIds": [id(v)]});
            ec2(cloud, "revoke_security_group_ingress", parameters);
        },
    },
];

const RULE_UPDATES: Named = &[
    ("cidr_ipv4", "\"10.1.0.0/16\""),
    ("description", "\"what it is for\""),
    ("from_port", "80"),
    ("to_port", "444"),
    ("tags", "{ Name = \"b\" }"),
];

const RULE_REPLACES: Named = &[("security_group_id", "aws_security_group.other.id")];

const RULE_EXEMPT: Named = &[
    ("cidr_ipv6", "excludes cidr_ipv4"),
    ("ip_protocol", "goes with the ports"),
    ("prefix_list_id", "the emulator does not know whether it is there"),
    ("referenced_security_group_id", "excludes cidr_ipv4"),
];
