//! The provisioner `local-exec`: a command on this machine, beside the creation or destruction of a thing.
//!
//! Arguments, words and the command's surroundings are those of Terraform's
//! (<https://developer.hashicorp.com/terraform/language/resources/provisioners/local-exec>).

use std::collections::VecDeque;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;

use diagnostics::Diagnostic;
use lang::{Type, Value};
use provider::{Attribute, Future, ProvisionRequest, Provisioner, Schema, Voice};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, BufReader};
use tokio::process::Command;

use crate::text;

/// How much of the command's output an error quotes: its last bytes.
const QUOTED_BYTES: usize = 8 * 1024;
/// The longest line that is told as one.
const LINE_BYTES: u64 = 64 * 1024;

/// Runs commands.
pub(crate) struct LocalExec {
    schema: Schema,
}

impl LocalExec {
    pub(crate) fn new() -> Self {
        let list = Type::List(Arc::new(Type::String));
        let map = Type::Map(Arc::new(Type::String));
        let schema = Schema::new([
            ("command", Attribute::required(Type::String).validated(not_empty)),
            ("environment", Attribute::optional(map)),
            ("interpreter", Attribute::optional(list)),
            ("quiet", Attribute::optional(Type::Bool)),
            ("working_dir", Attribute::optional(Type::String)),
        ]);
        Self { schema: schema.describe("Runs a command on this machine.") }
    }
}

fn not_empty(command: &Value) -> Result<(), String> {
    match command.as_str() {
        Some("") => Err("the command must not be empty".into()),
        _ => Ok(()),
    }
}

impl Provisioner for LocalExec {
    fn name(&self) -> &'static str {
        "local-exec"
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn run<'a>(&'a self, request: ProvisionRequest<'a>) -> Future<'a, Result<(), Box<Diagnostic>>> {
        Box::pin(async move {
            let ProvisionRequest { config, folder, voice } = request;
            let command = text(config, "command").unwrap_or_default();
            let words = words(config, command);
            if config.get("quiet").and_then(Value::as_bool) == Some(true) {
                voice.say("local-exec: Executing: Suppressed by quiet=true");
            } else {
                voice.say(&format!("Executing: {}", quoted(&words)));
            }
            let failed =
                |why: String, output: &str| Box::new(failure(command, &why, output, voice));
            let (mut child, reader) =
                start(&words, config, folder).map_err(|error| failed(error.to_string(), ""))?;
            let mut tail = Tail::default();
            let told = tell(reader, voice, &mut tail).await;
            let status = child.wait().await;
            match told.and(status) {
                Ok(status) if status.success() => Ok(()),
                Ok(status) => Err(failed(ended(status), &tail.text())),
                Err(error) => Err(failed(error.to_string(), &tail.text())),
            }
        })
    }
}

/// The program with its arguments: the shell, where no interpreter is named.
fn words<'a>(config: &'a Value, command: &'a str) -> Vec<&'a str> {
    let given = config.get("interpreter").and_then(Value::elements).unwrap_or_default();
    let given: Vec<&str> = given.iter().filter_map(Value::as_str).collect();
    let mut words = if given.is_empty() { vec!["/bin/sh", "-c"] } else { given };
    words.push(command);
    words
}

/// `["/bin/sh" "-c" "echo hello"]`
fn quoted(words: &[&str]) -> String {
    let words: Vec<String> = words.iter().map(|word| format!("{word:?}")).collect();
    format!("[{}]", words.join(" "))
}

/// Starts the command; what it says on both of its outputs comes out of one pipe, in order.
fn start(
    words: &[&str],
    config: &Value,
    folder: &Path,
) -> std::io::Result<(tokio::process::Child, impl AsyncRead + Unpin + use<>)> {
    let (reader, writer) = std::io::pipe()?;
    let mut command = Command::new(words[0]);
    command.args(&words[1..]).kill_on_drop(true);
    command.stdin(Stdio::null()).stdout(writer.try_clone()?).stderr(writer);
    command.current_dir(folder.join(text(config, "working_dir").unwrap_or_default()));
    if let Some(environment) = config.get("environment").and_then(Value::entries) {
        let set = environment.iter().filter_map(|(name, value)| Some((&**name, value.as_str()?)));
        command.envs(set);
    }
    let child = command.spawn()?;
    // The command holds the last writing ends now, so that reading ends with it.
    drop(command);
    let reader = tokio::net::unix::pipe::Receiver::from_owned_fd(reader.into())?;
    Ok((child, reader))
}

/// Tells each line as it comes.
async fn tell(
    reader: impl AsyncRead + Unpin,
    voice: &Voice,
    tail: &mut Tail,
) -> std::io::Result<()> {
    let mut reader = BufReader::new(reader);
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = (&mut reader).take(LINE_BYTES).read_until(b'\n', &mut line).await?;
        if read == 0 {
            return Ok(());
        }
        tail.push(&line);
        let text = String::from_utf8_lossy(&line);
        voice.say(text.trim_end_matches(['\n', '\r']));
    }
}

/// The last bytes of the output.
#[derive(Default)]
struct Tail(VecDeque<u8>);

impl Tail {
    fn push(&mut self, bytes: &[u8]) {
        self.0.extend(bytes);
        let surplus = self.0.len().saturating_sub(QUOTED_BYTES);
        self.0.drain(..surplus);
    }

    fn text(&self) -> String {
        let bytes: Vec<u8> = self.0.iter().copied().collect();
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

fn ended(status: ExitStatus) -> String {
    use std::os::unix::process::ExitStatusExt;
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("exit status {code}"),
        (None, Some(signal)) => format!("ended by signal {signal}"),
        (None, None) => status.to_string(),
    }
}

fn failure(command: &str, why: &str, output: &str, voice: &Voice) -> Diagnostic {
    let detail = if voice.keeps_secrets() {
        format!(
            "Error running the command: {why}. Command and output are not shown, because the configuration of the provisioner holds a sensitive value."
        )
    } else {
        format!("Error running command '{command}': {why}. Output: {output}")
    };
    Diagnostic::error("local-exec provisioner error", detail)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Mutex;

    use super::*;

    async fn run(config: &[(&str, Value)], secret: bool) -> (Vec<String>, Option<String>) {
        let exec = LocalExec::new();
        let unset = exec.schema.empty_object().entries().unwrap().clone();
        let set = config.iter().map(|(name, value)| ((*name).into(), value.clone()));
        let config = Value::object(unset.into_iter().chain(set));
        let lines = Arc::new(Mutex::new(Vec::new()));
        let heard = lines.clone();
        let say = move |line: &str| heard.lock().unwrap().push(line.to_owned());
        let voice = Voice::new(say, secret.then_some("sensitive"));
        let request = ProvisionRequest { config: &config, folder: Path::new("/"), voice: &voice };
        let error = exec.run(request).await.err().map(|error| error.detail.clone());
        let lines = lines.lock().unwrap().clone();
        (lines, error)
    }

    #[tokio::test]
    async fn both_outputs_are_told_line_by_line_and_in_order() {
        let environment = BTreeMap::from([("WHO".into(), Value::string("you"))]);
        let environment = Value::map(Type::String, environment);
        let command = Value::string("echo hello $WHO; echo err >&2; printf 'no newline'; cat");
        let (lines, error) =
            run(&[("command", command), ("environment", environment)], false).await;
        assert_eq!(error, None);
        assert!(lines[0].starts_with("Executing: [\"/bin/sh\" \"-c\" \"echo hello $WHO; "));
        assert_eq!(lines[1..], ["hello you", "err", "no newline"]);
    }

    #[tokio::test]
    async fn a_failure_quotes_the_command_and_the_end_of_its_output() {
        let command = Value::string("seq 1 9999; exit 4");
        let quiet = ("quiet", Value::bool(true));
        let (lines, error) = run(&[("command", command), quiet], false).await;
        assert_eq!(lines[0], "local-exec: Executing: Suppressed by quiet=true");
        let error = error.unwrap();
        assert!(error.starts_with("Error running command 'seq 1 9999; exit 4': exit status 4. "));
        assert!(error.ends_with("\n9999\n") && error.len() < QUOTED_BYTES + 200);
    }

    #[tokio::test]
    async fn a_secret_is_told_neither_in_lines_nor_in_the_failure() {
        let (lines, error) = run(&[("command", Value::string("echo hunter2; exit 1"))], true).await;
        let all = format!("{lines:?} {error:?}");
        assert!(!all.contains("hunter2"), "{all}");
        assert_eq!(lines[1], "(output suppressed due to sensitive value in config)");
    }

    #[tokio::test]
    async fn a_program_or_folder_that_is_not_there_is_a_failure() {
        let interpreter = Value::list(Type::String, [Value::string("/no/such/program")]);
        let command = ("command", Value::string("x"));
        let (_, error) = run(&[command.clone(), ("interpreter", interpreter)], false).await;
        assert!(error.unwrap().contains("No such file or directory"));
        let (_, error) = run(&[command, ("working_dir", Value::string("/no/such"))], false).await;
        assert!(error.unwrap().contains("No such file or directory"));
    }
}
