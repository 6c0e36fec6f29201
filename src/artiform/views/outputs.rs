//! Outputs as people read them.

use lang::{Type, Value, json};
use plan::Secrets;
use state::OutputState;

/// The value of an output, of the type that was recorded with it.
pub fn value(output: &OutputState) -> Value {
    let ty = json::type_from_json(&output.value_type).unwrap_or(Type::Dynamic);
    let read = |ty: &Type| json::from_json(&output.value, ty).ok();
    read(&ty).or_else(|| read(&Type::Dynamic)).unwrap_or_else(|| Value::null(Type::Dynamic))
}

/// `name = value`, one output after the other.
pub fn all<'a>(
    outputs: impl Iterator<Item = (&'a str, &'a OutputState)>,
    secrets: Secrets,
) -> String {
    let line = |(name, output): (&str, &OutputState)| {
        let shown = if output.sensitive && secrets == Secrets::Hidden {
            "<sensitive>".to_owned()
        } else {
            lang::display::console(&value(output))
        };
        format!("{name} = {shown}\n")
    };
    outputs.map(line).collect()
}

/// The same, drawn as plans and states draw values.
pub fn plain<'a>(
    outputs: impl Iterator<Item = (&'a str, &'a OutputState)>,
    secrets: Secrets,
) -> String {
    let line = |(name, output): (&str, &OutputState)| {
        let shown = if output.sensitive && secrets == Secrets::Hidden {
            "(sensitive value)".to_owned()
        } else {
            // What is drawn stands inside a block, and an output does not.
            plan::render::unchanged(&value(output), 4, secrets).replace("\n    ", "\n")
        };
        format!("{name} = {shown}\n")
    };
    outputs.map(line).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn outputs_read_as_terraform_prints_them() {
        let output = |value, value_type, sensitive| OutputState { value, value_type, sensitive };
        let outputs = [
            ("list", output(json!(["a"]), json!(["list", "string"]), false)),
            ("secret", output(json!("x"), json!("string"), true)),
            ("text", output(json!("a"), json!("string"), false)),
        ];
        let text = all(outputs.iter().map(|(name, output)| (*name, output)), Secrets::Hidden);
        assert_eq!(text, "list = tolist([\n  \"a\",\n])\nsecret = <sensitive>\ntext = \"a\"\n");
    }
}
