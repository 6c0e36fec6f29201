//! Terraform states as Terraform writes them, and what they become.

use serde_json::json;

use super::*;

fn resource(module: &str, name: &str, instances: &Value) -> Value {
    let mut resource = json!({
        "mode": "managed", "type": "aws_subnet", "name": name,
        "provider": "provider[\"registry.example.com/hashicorp/aws\"]",
        "instances": instances,
    });
    if !module.is_empty() {
        resource["module"] = json!(module);
    }
    resource
}

fn import(resources: &[Value]) -> BTreeMap<String, InstanceState> {
    let file = json!({
        "version": 4, "terraform_version": "1.11.4", "serial": 9, "lineage": "l-1",
        "outputs": {"url": {"value": "x", "type": "string", "sensitive": true}},
        "resources": resources, "check_results": null,
    });
    let imported = import_terraform(file.to_string().as_bytes()).unwrap();
    assert_eq!((imported.serial, imported.lineage.as_str()), (9, "l-1"));
    assert!(imported.outputs["url"].sensitive);
    imported.instances.into_iter().map(|i| (i.address.clone(), i)).collect()
}

#[test]
fn keeps_what_an_instance_is() {
    let mut data = resource("", "zones", &json!([{"attributes": {"id": "z"}}]));
    data["mode"] = json!("data");
    data["provider"] = json!("module.m.provider[\"other.example.com/hashicorp/aws\"].west");
    let state = import(&[
        resource(
            "module.site[\"eu\"]",
            "a",
            &json!([{
                "index_key": "k\"${x}", "status": "tainted", "schema_version": 1,
                "attributes": {"id": "s-1", "region": "eu-west-1", "tags": {"p": "secret"}},
                "sensitive_attributes": [
                    [{"type": "get_attr", "value": "tags"},
                     {"type": "index", "value": {"value": "p", "type": "string"}}],
                    [{"type": "get_attr", "value": "list"},
                     {"type": "index", "value": {"value": 2, "type": "number"}}]
                ],
                "private": "bnVsbA==", "create_before_destroy": true,
            }]),
        ),
        data,
    ]);
    let subnet = &state["module.site[\"eu\"].aws_subnet.a[\"k\\\"$${x}\"]"];
    assert_eq!(subnet.module, "module.site[\"eu\"]");
    assert_eq!(subnet.index, Some(json!("k\"${x}")));
    assert!(subnet.is_tainted() && subnet.create_before_destroy);
    assert_eq!(subnet.region.as_deref(), Some("eu-west-1"));
    assert_eq!(subnet.provider, "aws");
    let name = |text: &str| PathStep::Name(text.into());
    assert_eq!(
        subnet.sensitive,
        [vec![name("tags"), name("p")], vec![name("list"), PathStep::Index(2)]]
    );
    assert_eq!(subnet.private, Some(json!("bnVsbA==")));
    let zones = &state["data.aws_subnet.zones"];
    assert_eq!((zones.mode, zones.provider.as_str()), (Mode::Data, "aws.west"));
}

#[test]
fn dependencies_become_direct_instances() {
    let one = |dependencies: Value| json!([{"attributes": {}, "dependencies": dependencies}]);
    let state = import(&[
        resource("", "a", &one(json!([]))),
        resource("", "b", &one(json!(["aws_subnet.a"]))),
        resource("", "c", &one(json!(["aws_subnet.a", "aws_subnet.b"]))),
        resource(
            "",
            "n",
            &json!([{"index_key": 0, "attributes": {}}, {"index_key": 1, "attributes": {}}]),
        ),
        resource("", "d", &one(json!(["aws_subnet.n", "data.aws_vpc.gone"]))),
        resource("module.m[\"x\"]", "a", &one(json!([]))),
        resource("module.m[\"y\"]", "a", &one(json!([]))),
        resource("module.m[\"x\"]", "b", &one(json!(["module.m.aws_subnet.a"]))),
        resource("", "all", &one(json!(["module.m.aws_subnet.a"]))),
    ]);
    let of = |address: &str| state[address].dependencies.clone();
    assert_eq!(of("aws_subnet.c"), ["aws_subnet.b"]);
    assert_eq!(of("aws_subnet.d"), ["aws_subnet.n[0]", "aws_subnet.n[1]", "data.aws_vpc.gone"]);
    assert_eq!(of("module.m[\"x\"].aws_subnet.b"), ["module.m[\"x\"].aws_subnet.a"]);
    assert_eq!(
        of("aws_subnet.all"),
        ["module.m[\"x\"].aws_subnet.a", "module.m[\"y\"].aws_subnet.a"]
    );
}

#[test]
fn deposed_objects_stay_with_their_instance() {
    let state = import(&[
        resource(
            "",
            "a",
            &json!([
                {"attributes": {"id": "new"}},
                {"deposed": "00aa11bb", "attributes": {"id": "old"}, "status": "tainted"}
            ]),
        ),
        resource("", "b", &json!([{"deposed": "22cc33dd", "attributes": {"id": "left"}}])),
    ]);
    let both = &state["aws_subnet.a"];
    assert_eq!(both.attributes["id"], "new");
    assert_eq!(
        (both.deposed[0].key.as_str(), &both.deposed[0].status),
        ("00aa11bb", &Status::Tainted)
    );
    let left = &state["aws_subnet.b"];
    assert!(!left.has_current());
    assert_eq!(left.deposed[0].attributes["id"], "left");
}

#[test]
fn refuses_what_it_cannot_read() {
    for (text, reason) in [
        ("", "not JSON"),
        ("{}", "no \"version\""),
        (r#"{"version": 3}"#, "version 3"),
        (r#"{"version": 4}"#, "lineage"),
        (r#"{"version": 4, "lineage": "l", "resources": [{"mode": "managed"}]}"#, "type"),
    ] {
        let error = import_terraform(text.as_bytes()).unwrap_err().to_string();
        assert!(error.contains(reason), "{text}: {error}");
    }
}
