//! What a change of a server means: which attributes are known, what restarts it, what replaces it.

use lang::{Path, Type, Value};
use provider::change::{changed_attributes, same_value};
use provider::{Finding, PlanRequest, Planned, Schema};

use super::settings;
use crate::text;

/// The version that a started server has: server and provisioner are one program.
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The attributes with which a server is started, so that a change of them restarts it.
const RESTARTING: [&str; 8] =
    ["admin_password", "admin_token", "admin_user", "host", "port", "site", "status", "version"];

pub(super) fn plan(schema: &Schema, request: &PlanRequest<'_>) -> Result<Planned, Vec<Finding>> {
    let mut planned = request.proposed.entries().cloned().unwrap_or_default();
    let mut set = |name: &str, value: Value| {
        planned.insert(name.into(), value);
    };
    set("status", Value::string("running"));
    set("version", Value::string(VERSION));
    set("url", planned_url(request.proposed));
    if request.proposed.get("admin_token").is_some_and(Value::is_null) {
        // An imported one: the restart that takes it over draws a token.
        set("admin_token", Value::unknown(Type::String));
    }
    let moved = settle_folder(request, &mut set);
    if let Some(path) = planned.get("data_path").cloned() {
        planned.insert("id".into(), path);
    }
    let value = Value::object(planned).with_marks(request.proposed.marks);
    let replace = moved.then(|| Path::attribute("data_dir"));
    let value = if moved || restarts(schema, request.prior, &value) {
        with_attribute(&value, "pid", Value::unknown(Type::Number))
    } else {
        value
    };
    let findings = check_folder(&value);
    if findings.is_empty() {
        Ok(Planned { value, replace: replace.into_iter().collect() })
    } else {
        Err(findings)
    }
}

/// Tells whether the process must be started anew to get from `prior` to `planned`.
pub(super) fn restarts(schema: &Schema, prior: Option<&Value>, planned: &Value) -> bool {
    let Some(prior) = prior else { return true };
    let changed = changed_attributes(schema, prior, planned);
    changed.iter().any(|name| RESTARTING.contains(&&**name))
}

fn planned_url(proposed: &Value) -> Value {
    match (text(proposed, "host"), settings::port(proposed)) {
        (Some(host), Some(port)) => Value::string(settings::url(host, port)),
        _ => Value::unknown(Type::String),
    }
}

/// Decides `data_dir` and `data_path`, and tells whether the server moves to another folder.
///
/// The absolute path is decided once. Another spelling of it, such as a relative one from another
/// working folder, keeps the recorded one.
fn settle_folder(request: &PlanRequest<'_>, set: &mut impl FnMut(&str, Value)) -> bool {
    let Some(configured) = request.proposed.get("data_dir") else { return false };
    let Some(written) = configured.as_str() else {
        set("data_path", Value::unknown(Type::String));
        return request.prior.is_some();
    };
    let path = settings::absolute(written);
    let recorded = request.prior.and_then(settings::data_path);
    let as_written = request.prior.and_then(|prior| prior.get("data_dir"));
    match recorded {
        Some(recorded)
            if as_written.is_some_and(|dir| same_value(dir, configured)) || recorded == path =>
        {
            set("data_dir", as_written.unwrap_or(configured).clone());
            set("data_path", Value::string(recorded.display().to_string()));
            false
        }
        recorded => {
            set("data_path", Value::string(path.display().to_string()));
            recorded.is_some()
        }
    }
}

fn check_folder(planned: &Value) -> Vec<Finding> {
    let path = text(planned, "data_path").map(std::path::Path::new);
    if path.is_some_and(|path| path.parent().is_none()) {
        let detail =
            "The root folder cannot be the data folder of a server. Name a folder of its own.";
        return vec![Finding::error(Path::attribute("data_dir"), "Invalid data folder", detail)];
    }
    Vec::new()
}

/// The object with one attribute set anew.
pub(super) fn with_attribute(object: &Value, name: &str, value: Value) -> Value {
    let mut entries = object.entries().cloned().unwrap_or_default();
    entries.insert(name.into(), value);
    Value::object(entries).with_marks(object.marks)
}

#[cfg(test)]
mod tests {
    use super::*;
    use provider::change::propose;

    fn config(attributes: &[(&str, Value)]) -> Value {
        let base = [
            ("site", Value::string("east")),
            ("port", Value::int(8081)),
            ("data_dir", Value::string("/srv/east")),
            ("admin_password", Value::string("secret").sensitive()),
            ("admin_token", Value::string("token").sensitive()),
        ];
        let empty = super::super::schema::schema().empty_object();
        let start = base.iter().chain(attributes);
        start.fold(empty, |object, (name, value)| with_attribute(&object, name, value.clone()))
    }

    fn plan_of(prior: Option<&Value>, config: &Value) -> Planned {
        let schema = super::super::schema::schema();
        let proposed = propose(&schema, prior, config);
        let (proposed, address, name_seed) = (&proposed, "local_server.a", "");
        plan(
            &schema,
            &PlanRequest { address, prior, config, proposed, name_seed, connection: None },
        )
        .unwrap()
    }

    fn made(config: &Value) -> Value {
        with_attribute(&plan_of(None, config).value, "pid", Value::int(7))
    }

    #[test]
    fn create_knows_everything_but_the_pid() {
        let planned = plan_of(None, &config(&[])).value;
        assert_eq!(text(&planned, "url"), Some("http://127.0.0.1:8081"));
        assert_eq!(text(&planned, "status"), Some("running"));
        assert_eq!(text(&planned, "data_path"), Some("/srv/east"));
        assert_eq!(text(&planned, "admin_user"), Some("admin"));
        assert_eq!(planned.get("keep_data").unwrap().as_bool(), Some(true));
        let entries = planned.entries().unwrap();
        let unknown: Vec<_> = entries.iter().filter(|(_, v)| v.is_unknown()).collect();
        assert_eq!(unknown.iter().map(|(name, _)| &***name).collect::<Vec<_>>(), ["pid"]);
    }

    #[test]
    fn a_running_server_stays_as_it_is() {
        let config = config(&[]);
        let made = made(&config);
        assert_eq!(plan_of(Some(&made), &config), Planned { value: made, replace: Vec::new() });
    }

    #[test]
    fn a_dead_server_is_started() {
        let config = config(&[]);
        let dead = with_attribute(&made(&config), "status", Value::string("stopped"));
        let planned = plan_of(Some(&dead), &config);
        assert_eq!(text(&planned.value, "status"), Some("running"));
        assert!(planned.value.get("pid").unwrap().is_unknown());
        assert!(planned.replace.is_empty());
    }

    #[test]
    fn a_port_restarts_and_a_folder_replaces() {
        let made = made(&config(&[]));
        let port = plan_of(Some(&made), &config(&[("port", Value::int(9000))]));
        assert_eq!(text(&port.value, "url"), Some("http://127.0.0.1:9000"));
        assert!(port.replace.is_empty() && port.value.get("pid").unwrap().is_unknown());

        let folder = plan_of(Some(&made), &config(&[("data_dir", Value::string("/srv/b"))]));
        assert_eq!(folder.replace, [Path::attribute("data_dir")]);
        assert_eq!(text(&folder.value, "data_path"), Some("/srv/b"));
    }

    #[test]
    fn an_imported_server_is_given_a_token_where_none_is_set() {
        let none = [("admin_token", Value::null(Type::String))];
        let imported = with_attribute(&made(&config(&none)), "admin_token", none[0].1.clone());
        let planned = plan_of(Some(&imported), &config(&none)).value;
        assert!(planned.get("admin_token").unwrap().is_unknown());
        assert!(planned.get("pid").unwrap().is_unknown(), "it takes a restart");
    }

    #[test]
    fn another_spelling_of_the_folder_changes_nothing() {
        let made = made(&config(&[]));
        let same = plan_of(Some(&made), &config(&[("data_dir", Value::string("/srv/./east"))]));
        assert_eq!(same, Planned { value: made, replace: Vec::new() });
    }

    #[test]
    fn keeping_data_restarts_nothing() {
        let made = made(&config(&[]));
        let planned = plan_of(Some(&made), &config(&[("keep_data", Value::bool(false))]));
        assert_eq!(planned.value.get("pid"), made.get("pid"));
    }

    #[test]
    fn a_port_that_is_not_known_yet_makes_the_url_unknown() {
        let planned = plan_of(None, &config(&[("port", Value::unknown(Type::Number))]));
        assert!(planned.value.get("url").unwrap().is_unknown());
    }
}
