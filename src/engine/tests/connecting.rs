//! What becomes of a plan whose provider cannot be connected.

use super::*;

#[test]
fn mistakes_of_a_provider_block_are_told_at_their_place_before_anything_is_asked() {
    let bench = Bench::new("provider \"fake\" {\n  account = \"wrong\"\n}\n");
    for found in [bench.validate(), bench.planning(&bench.store()).diagnostics] {
        let told: Vec<_> =
            found.iter().map(|d| (d.summary.as_str(), d.subject.is_some())).collect();
        assert_eq!(told, [("Wrong account", true)]);
    }
    assert!(bench.cloud.calls.lock().unwrap().is_empty());
}

#[test]
fn a_failed_connection_is_one_mistake_at_its_block() {
    let source = r#"
        provider "fake" { account = "closed" }
        data "fake_thing" "zones" { name = "zones" }
        resource "fake_thing" "each" {
          for_each = toset([data.fake_thing.zones.id])
          name     = each.key
        }
        resource "fake_thing" "counted" {
          count = length(data.fake_thing.zones.id)
          name  = "a${count.index}"
        }
        "#;
    let bench = Bench::new(source);
    let found = bench.planning(&bench.store()).diagnostics;
    let told: Vec<_> = found.iter().map(|d| (d.summary.as_str(), d.subject.is_some())).collect();
    assert_eq!(told, [("Account closed", true)]);
}
