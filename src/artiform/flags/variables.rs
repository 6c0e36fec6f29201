//! Options that give values to variables, in the order in which they stand.

use std::path::PathBuf;

use clap::builder::{BoolishValueParser, OsStringValueParser, TypedValueParser};
use clap::{Arg, ArgAction, ArgMatches, Command};
use config::values::Given;

/// `--var` and `--var-file` in the order of the command line, and whether to ask for what is missing.
#[derive(Clone, Debug, Default)]
pub struct VariableFlags {
    pub given: Vec<Given>,
    pub input: bool,
}

// By hand, because derived parsers keep each option's values apart and so lose who came last.
impl clap::FromArgMatches for VariableFlags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let assignments = positioned::<String>(matches, "var")
            .map(|(at, text)| (at, Given::Assignment(text.clone())));
        let files = positioned::<PathBuf>(matches, "var-file")
            .map(|(at, path)| (at, Given::File(path.clone())));
        let mut given: Vec<(usize, Given)> = assignments.chain(files).collect();
        given.sort_by_key(|(at, _)| *at);
        let given = given.into_iter().map(|(_, given)| given).collect();
        Ok(Self { given, input: matches.get_one("input").copied().unwrap_or(true) })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

fn positioned<'a, T: Clone + Send + Sync + 'static>(
    matches: &'a ArgMatches,
    name: &str,
) -> impl Iterator<Item = (usize, &'a T)> {
    let places = matches.indices_of(name).into_iter().flatten();
    places.zip(matches.get_many::<T>(name).into_iter().flatten())
}

impl clap::Args for VariableFlags {
    fn augment_args(command: Command) -> Command {
        let option = |name: &'static str| Arg::new(name).long(name).action(ArgAction::Append);
        command
            .arg(
                option("var")
                    .value_name("NAME=VALUE")
                    .allow_hyphen_values(true)
                    .help("Give a variable a value; may be repeated, the last one counts"),
            )
            .arg(
                option("var-file")
                    .value_name("FILE")
                    .value_parser(OsStringValueParser::new().map(PathBuf::from))
                    .help("Read values of variables from a file; may be repeated"),
            )
            .arg(
                Arg::new("input")
                    .long("input")
                    .value_name("BOOL")
                    .action(ArgAction::Set)
                    .num_args(0..=1)
                    .require_equals(true)
                    .default_missing_value("true")
                    .default_value("true")
                    .value_parser(BoolishValueParser::new())
                    .help("Ask for variables that have no value"),
            )
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

#[cfg(test)]
mod tests {
    use clap::{Args, FromArgMatches};

    use super::*;

    #[test]
    fn variables_and_files_keep_their_common_order() {
        let command = VariableFlags::augment_args(Command::new("x"));
        let typed = ["x", "--var", "a=1", "--var-file=f", "--var=b=2", "--input=false"];
        let matches = command.try_get_matches_from(typed).unwrap();
        let flags = VariableFlags::from_arg_matches(&matches).unwrap();
        assert_eq!(
            flags.given,
            [
                Given::Assignment("a=1".into()),
                Given::File("f".into()),
                Given::Assignment("b=2".into())
            ]
        );
        assert!(!flags.input);
    }
}
