//! Whatever the bytes, reading and evaluating end, and values survive being written and read.

use diagnostics::FileId;
use proptest::prelude::*;

use crate::convert::convert;
use crate::testing::scope;
use crate::{Number, Type, Value, display, eval, json, parse};

/// Text that is made of the language's own pieces, so that it often gets far.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "a", "b", "for", "in", "if", "else", "endif", "endfor", "true", "null", "1", "2.5", "1e3",
        "\"", "${", "%{", "~}", "}", "{", "[", "]", "(", ")", "=", "==", "=>", "?", ":", ",", ".",
        "...", "*", "-", "+", "/", "%", "!", "&&", "||", "<", "<=", "<<EOT\n", "<<-EOT\n", "EOT\n",
        "\n", "  ", "\\", "\\n", "\\u00e9", "é", "e\u{301}", "#", "//", "/*", "*/", "upper", "max",
        "try", "can", "::", "$${", "~", "'", "\r\n", "tolist", "toset", "\u{feff}", ".0", "[*]",
        ".*",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

fn run(source: &str) {
    let (_, _) = parse::file(source, FileId(0));
    let (_, _) = parse::json_file(source, FileId(0));
    for expr in [parse::expression(source, FileId(0)), parse::template(source, FileId(0))] {
        let Ok(expr) = expr else { continue };
        if let Ok(value) =
            eval::evaluate(&expr, &scope(&[("a", "[1, \"x\", null]"), ("b", "{ a = 1 }")]))
        {
            let _ = (display::console(&value), json::to_text(&value));
        }
    }
}

fn number() -> impl Strategy<Value = Number> {
    prop_oneof![
        any::<i64>().prop_map(Number::from),
        any::<f64>().prop_filter("finite", |f| f.is_finite()).prop_map(Number::from),
        "-?[0-9]{1,40}(\\.[0-9]{1,40})?(e-?[0-9]{1,2})?".prop_map(|text| text.parse().unwrap()),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::null(Type::Dynamic)),
        any::<bool>().prop_map(Value::bool),
        number().prop_map(Value::number),
        any::<String>().prop_map(|text| Value::text(&text)),
    ];
    leaf.prop_recursive(3, 20, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::tuple),
            prop::collection::vec(("[a-z\"${é ]{0,4}", inner), 0..4)
                .prop_map(|entries| Value::object(entries.into_iter().map(|(k, v)| (k.into(), v)))),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..Default::default() })]

    #[test]
    fn any_text_is_read_to_its_end(text in any::<String>()) {
        run(&text);
    }

    #[test]
    fn any_pieces_are_read_to_their_end(text in pieces()) {
        run(&text);
    }

    #[test]
    fn values_survive_json(value in value()) {
        let back = json::decode(&json::to_text(&value)).unwrap().to_string_free();
        prop_assert_eq!(back, value.to_string_free());
        prop_assert_eq!(json::decode(&json::encode(&value)).unwrap().to_string_free(), value.to_string_free());
    }

    #[test]
    fn types_survive_json(value in value()) {
        let ty = value.type_of();
        prop_assert_eq!(json::type_from_json(&json::type_to_json(&ty)), Some(ty));
    }

    #[test]
    fn quoted_strings_read_back(text in any::<String>()) {
        let expr = parse::expression(&display::quoted(&text), FileId(0)).unwrap();
        let value = eval::evaluate(&expr, &scope(&[])).unwrap();
        prop_assert_eq!(value, Value::text(&text));
    }

    #[test]
    fn numbers_read_back_and_order(a in number(), b in number()) {
        let read: Number = a.to_string().parse().unwrap();
        prop_assert_eq!(read.to_string(), a.to_string());
        prop_assert_eq!(a.cmp(&b), b.cmp(&a).reverse());
        let sum = a.add(&b).unwrap();
        prop_assert_eq!(sum.to_string(), b.add(&a).unwrap().to_string());
        let nearest = a.to_f64();
        prop_assert!(Number::from(nearest).to_f64().to_bits() == nearest.to_bits());
    }

    #[test]
    fn conversion_of_a_converted_value_changes_nothing(value in value()) {
        for ty in [Type::String, Type::list(Type::String), Type::set(Type::Dynamic), Type::map(Type::Dynamic)] {
            if let Ok(once) = convert(&value, &ty) {
                prop_assert_eq!(convert(&once, &once.type_of()).unwrap(), once);
            }
        }
    }
}

impl Value {
    /// Numbers as they print: JSON does not keep their precision, nor the sign of zero.
    fn to_string_free(&self) -> String {
        display::console(self)
    }
}
