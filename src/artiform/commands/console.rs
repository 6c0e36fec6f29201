//! `console`: evaluates expressions against the stack and its state.

mod lines;

use std::path::PathBuf;
use std::sync::Arc;

use diagnostics::{Diagnostic, Diagnostics, FileId, SourceMap, Span};
use engine::PlanOptions;
use lang::functions::FunctionContext;
use lang::{Resolved, Scope, Traversal, Value};

use super::Verb;
use lines::{Line, Lines};

use crate::context::{Context, FAILURE, Failure, Outcome, SUCCESS};
use crate::flags::VariableFlags;
use crate::planning::Session;
use crate::providers;
use crate::stack::{Stack, StackScope, attributes};
use crate::stack_state::{self, Opened};

/// Evaluate expressions
///
/// Reads one expression a line, from a person or from the standard input, and prints its value. An
/// expression goes on over lines while a bracket is open. A person edits lines and finds earlier ones with
/// the arrow keys; a line that starts with a blank is not remembered.
#[derive(Clone, Debug, clap::Args)]
pub struct Console {
    /// The folder of the stack
    #[arg(value_name = "STACK", default_value = ".", hide_default_value = true)]
    folder: PathBuf,
    #[command(flatten)]
    variables: VariableFlags,
    /// Plan first, and evaluate against what is planned instead of the state
    #[arg(long)]
    plan: bool,
}

impl Verb for Console {
    const NAME: &'static str = "console";

    fn run(self, context: &Context) -> Outcome {
        let (stack, warnings) = self.stack(context)?;
        if self.plan {
            return evaluate_planned(&stack, context);
        }
        context.ui.diagnostics(&warnings, stack.sources());
        let snapshot = stack_state::read(&stack)?.snapshot();
        let registry = providers::registry();
        let scope =
            StackScope::new(&stack.config, stack.variables.clone(), Some((snapshot, &registry)))
                .in_workspace(&stack.workspace);
        Ok(converse(&stack, &scope, context))
    }
}

/// Plans quietly and evaluates against that: values that only apply knows stay unknown.
fn evaluate_planned(stack: &Stack, context: &Context) -> Outcome {
    let session = Session { quiet: true, ..Session::start(context)? };
    let state = Opened::Read(stack_state::read(stack)?);
    let made = session.plan(stack, &state, PlanOptions::default());
    session.end();
    if made.interrupted {
        return Err(Failure::error("Planning was interrupted", "Nothing was changed."));
    }
    let mut told = made.diagnostics;
    if told.has_errors() && made.planned.is_some() {
        let detail = "Due to the problems above, some expressions may produce unexpected results.";
        told.push(Diagnostic::warning("The plan is not complete", detail));
    }
    context.ui.diagnostics(&told, stack.sources());
    let Some(planned) = made.planned else { return Ok(FAILURE) };
    Ok(converse(stack, &planned.root_scope(), context))
}

/// Answers line by line until the input ends.
fn converse(stack: &Stack, scope: &dyn Scope, context: &Context) -> u8 {
    let interactive = context.ui.can_ask();
    let mut failed = false;
    let mut pending = String::new();
    let mut lines = Lines::open(interactive, &context.environment);
    loop {
        match lines.next(!pending.is_empty()) {
            Line::Text(line) => pending.push_str(&line),
            Line::GivenUp => {
                pending.clear();
                continue;
            }
            Line::End => break,
        }
        pending.push('\n');
        if is_open(&pending) {
            continue;
        }
        let expression = std::mem::take(&mut pending);
        match expression.trim() {
            "" => {}
            "exit" | "quit" => return SUCCESS,
            text => {
                lines.remember(expression.trim_end());
                failed |= !answer(text, scope, (stack, context));
            }
        }
    }
    if !pending.trim().is_empty() {
        failed |= !answer(pending.trim(), scope, (stack, context));
    }
    if failed && !interactive { FAILURE } else { SUCCESS }
}

impl Console {
    /// The stack, or an empty one where there is no configuration: functions work anywhere.
    fn stack(
        &self,
        context: &Context,
    ) -> Result<(Stack, Diagnostics), Box<crate::context::Failure>> {
        let mut config = config::load(&self.folder).config;
        if config.sources.files().is_empty() {
            // Nothing was overlooked: there is nothing that could declare a name.
            Arc::make_mut(&mut config.root).incomplete = false;
            let stack = Stack::bare(config, indexmap::IndexMap::new());
            return Ok((stack, Diagnostics::new()));
        }
        // Standard input holds expressions, so that only a person at a terminal is asked for variables.
        let stack = Stack::load(&self.folder, &self.variables, context)?;
        let warnings = stack.warnings.clone();
        Ok((stack, warnings))
    }
}

/// Evaluates one expression and prints its value; false when there was a mistake.
fn answer(text: &str, scope: &dyn Scope, (stack, context): (&Stack, &Context)) -> bool {
    let mut sources: SourceMap = stack.sources().clone();
    let file = sources.add("<console-input>", text);
    match evaluated(text, file, (stack, scope, &sources)) {
        Ok(line) => {
            context.ui.line(&line);
            true
        }
        Err(mistakes) => {
            context.ui.diagnostics(&mistakes, &sources);
            false
        }
    }
}

fn evaluated(
    text: &str,
    file: FileId,
    (stack, scope, sources): (&Stack, &dyn Scope, &SourceMap),
) -> Result<String, Diagnostics> {
    let expr = lang::parse::expression(text, file)?;
    let mut mistakes = config::check_expression(&stack.config, &expr);
    mistakes.extend(attributes::unsupported(&stack.config, &providers::registry(), &expr));
    if mistakes.has_errors() {
        return Err(mistakes.sorted());
    }
    let value =
        lang::eval::evaluate(&expr, &Placed::new(scope, sources)).map_err(Diagnostics::sorted)?;
    lang::display::console_answer(&expr, &value)
}

/// A scope that also knows the text which was typed in, and the functions of a console.
struct Placed<'s> {
    scope: &'s dyn Scope,
    sources: &'s SourceMap,
    functions: FunctionContext,
}

impl<'s> Placed<'s> {
    fn new(scope: &'s dyn Scope, sources: &'s SourceMap) -> Self {
        let functions = FunctionContext { console: true, ..scope.functions().clone() };
        Self { scope, sources, functions }
    }
}

impl Scope for Placed<'_> {
    fn resolve(
        &self,
        traversal: &Traversal,
        keys: &[Option<Value>],
    ) -> Result<Resolved, Box<Diagnostic>> {
        self.scope.resolve(traversal, keys)
    }

    fn place(&self, span: Span) -> Option<String> {
        config::place(self.sources, span)
    }

    fn functions(&self) -> &FunctionContext {
        &self.functions
    }
}

/// Tells whether a bracket is still open, so that the expression goes on in the next line.
fn is_open(text: &str) -> bool {
    let mut depth = 0_i64;
    let mut in_string = false;
    let mut characters = text.chars();
    while let Some(c) = characters.next() {
        match c {
            '\\' if in_string => {
                characters.next();
            }
            '"' => in_string = !in_string,
            // A string ends with its line, whatever is missing.
            '\n' => in_string = false,
            '(' | '[' | '{' if !in_string => depth += 1,
            ')' | ']' | '}' if !in_string => depth -= 1,
            _ => {}
        }
    }
    depth > 0
}

#[cfg(test)]
mod tests {
    use super::is_open;

    #[test]
    fn an_expression_goes_on_while_a_bracket_is_open() {
        assert!(is_open("[\n"));
        assert!(is_open("merge({a = \"}\"},\n"));
        assert!(!is_open("[1]\n"));
        assert!(!is_open("\"[\"\n"));
        assert!(!is_open("\"unfinished [\n"));
        assert!(!is_open(")\n"));
    }
}
