//! The names of S3's actions, which its requests only imply.

use hyper::HeaderMap;

/// A query of the URL and what it is a request about, for a bucket.
const OF_BUCKET: &[(&str, &str)] = &[
    ("accelerate", "BucketAccelerateConfiguration"),
    ("acl", "BucketAcl"),
    ("cors", "BucketCors"),
    ("encryption", "BucketEncryption"),
    ("lifecycle", "BucketLifecycleConfiguration"),
    ("location", "BucketLocation"),
    ("logging", "BucketLogging"),
    ("notification", "BucketNotificationConfiguration"),
    ("object-lock", "ObjectLockConfiguration"),
    ("ownershipControls", "BucketOwnershipControls"),
    ("policy", "BucketPolicy"),
    ("policyStatus", "BucketPolicyStatus"),
    ("publicAccessBlock", "PublicAccessBlock"),
    ("replication", "BucketReplication"),
    ("requestPayment", "BucketRequestPayment"),
    ("tagging", "BucketTagging"),
    ("versioning", "BucketVersioning"),
    ("website", "BucketWebsite"),
];

/// The same for an object.
const OF_OBJECT: &[(&str, &str)] = &[
    ("acl", "ObjectAcl"),
    ("attributes", "ObjectAttributes"),
    ("legal-hold", "ObjectLegalHold"),
    ("retention", "ObjectRetention"),
    ("tagging", "ObjectTagging"),
];

/// The action of a path-style request.
#[must_use]
pub fn action(method: &str, path: &str, query: &[(String, String)], headers: &HeaderMap) -> String {
    let has = |name: &str| query.iter().any(|(n, _)| n == name);
    // The SDKs say it where path and query leave a doubt.
    if let Some((_, named)) = query.iter().find(|(name, _)| name == "x-id") {
        return named.clone();
    }
    let (bucket, key) = path.trim_start_matches('/').split_once('/').unwrap_or((&path[1..], ""));
    let about = if key.is_empty() { OF_BUCKET } else { OF_OBJECT };
    let verb = match method {
        "PUT" => "Put",
        "DELETE" => "Delete",
        _ => "Get",
    };
    if let Some((_, noun)) = about.iter().find(|(name, _)| has(name)) {
        return format!("{verb}{noun}");
    }
    let name = match (method, key.is_empty()) {
        _ if bucket.is_empty() => "ListBuckets",
        ("GET", true) if has("versions") => "ListObjectVersions",
        ("GET", true) if has("uploads") => "ListMultipartUploads",
        ("GET", true) => "ListObjectsV2",
        ("HEAD", true) => "HeadBucket",
        ("PUT", true) => "CreateBucket",
        ("DELETE", true) => "DeleteBucket",
        ("POST", true) => "DeleteObjects",
        ("GET", false) if has("uploadId") => "ListParts",
        ("GET", false) => "GetObject",
        ("HEAD", false) => "HeadObject",
        ("PUT", false) if has("uploadId") => "UploadPart",
        ("PUT", false) if headers.contains_key("x-amz-copy-source") => "CopyObject",
        ("PUT", false) => "PutObject",
        ("DELETE", false) if has("uploadId") => "AbortMultipartUpload",
        ("DELETE", false) => "DeleteObject",
        ("POST", false) if has("uploads") => "CreateMultipartUpload",
        ("POST", false) => "CompleteMultipartUpload",
        _ => return format!("{method} {path}"),
    };
    name.to_owned()
}

#[cfg(test)]
mod tests {
    use crate::aws::call::tests::signed;

    #[track_caller]
    fn check(method: &str, target: &str, expected: &str) {
        assert_eq!(signed(method, target, "s3", "").action, expected, "{method} {target}");
    }

    #[test]
    fn path_and_query_name_the_action() {
        check("GET", "/", "ListBuckets");
        check("PUT", "/b", "CreateBucket");
        check("PUT", "/b/", "CreateBucket");
        check("HEAD", "/b", "HeadBucket");
        check("GET", "/b?list-type=2&prefix=acl", "ListObjectsV2");
        check("PUT", "/b?versioning", "PutBucketVersioning");
        check("GET", "/b?publicAccessBlock", "GetPublicAccessBlock");
        check("DELETE", "/b?policy", "DeleteBucketPolicy");
        check("POST", "/b?delete", "DeleteObjects");
        check("PUT", "/b/a/k", "PutObject");
        check("PUT", "/b/a/k?tagging", "PutObjectTagging");
        check("PUT", "/b/k?partNumber=1&uploadId=u", "UploadPart");
        check("POST", "/b/k?uploads", "CreateMultipartUpload");
        check("GET", "/b/k?x-id=GetObject", "GetObject");
    }
}
