//! Ctrl-C while something is under way: once to finish it in good order, twice to leave at once.

use std::fs::File;
use std::io::{BufRead, BufReader, Lines};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use state::{LocalBackend, OpenOptions, OperationAction, Store};
use testkit::{Project, patience, port};

/// Longer than anything here takes, on a machine that is busy with other things.
const LONG: Duration = Duration::from_secs(60);

/// A server whose start can be held up, and what comes after it.
struct Held {
    project: Project,
    lock: File,
}

impl Held {
    fn new() -> Self {
        let main = format!(
            r#"
resource "local_server" "slow" {{
  site           = "slow"
  port           = {}
  data_dir       = abspath("${{path.root}}/data")
  admin_user     = "admin"
  admin_password = "a-long-password"
}}

resource "terraform_data" "after" {{
  input = local_server.slow.pid
}}
"#,
            port::free()
        );
        let project = Project::with_stack("held", &main);
        let data = project.stack_folder().join("data");
        std::fs::create_dir(&data).expect("a folder");
        let lock = File::create(data.join("start.lock")).expect("a file");
        lock.lock().expect("the lock is free");
        Self { project, lock }
    }

    /// Starts an apply, and waits until its create is in the journal.
    fn apply_under_way(&self) -> Applying {
        let mut command = self.project.command(&["-chdir=stacks/held", "apply", "-auto-approve"]);
        let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the command starts");
        let output = BufReader::new(child.stdout.take().expect("its output")).lines();
        let mut output = output.map_while(Result::ok);
        assert!(output.any(|line| line.contains("local_server.slow: Creating...")));
        let journal = self.project.state_folder().join("journal");
        patience::within(LONG, "the create is announced in the journal", || {
            let bytes = std::fs::read(&journal).ok()?;
            String::from_utf8_lossy(&bytes).contains("local_server.slow").then_some(())
        });
        // It has to be read, so that the command never waits for room to write.
        let output = std::thread::spawn(move || output.collect());
        let errors = BufReader::new(child.stderr.take().expect("its errors")).lines();
        Applying { child, output, errors }
    }

    fn in_flight(&self) -> Vec<(String, OperationAction)> {
        let backend = Arc::new(LocalBackend::new(self.project.state_folder()));
        let store = Store::open(backend, &OpenOptions::new("held", "test")).expect("a state");
        store.pending().into_iter().map(|p| (p.begin.address, p.begin.action)).collect()
    }
}

/// An apply that was started, what it still writes, and what it complains of.
struct Applying {
    child: Child,
    output: JoinHandle<Vec<String>>,
    errors: Lines<BufReader<ChildStderr>>,
}

impl Applying {
    fn interrupt(&self) {
        let sent = Command::new("kill").args(["-INT", &self.child.id().to_string()]).status();
        assert!(sent.expect("kill runs").success());
    }

    /// Waits until it says that it was interrupted.
    fn hears(&mut self) {
        let mut errors = self.errors.by_ref().map_while(Result::ok);
        assert!(errors.any(|line| line == "Interrupt received."));
    }

    /// Waits for its end: the exit code, and everything that it wrote since.
    fn end(mut self) -> (Option<i32>, String) {
        let child = &mut self.child;
        let ended = || child.try_wait().expect("it can be waited for");
        let status = patience::within(LONG, "it ends", ended).0;
        let errors = self.errors.map_while(Result::ok);
        let said = self.output.join().expect("its output").into_iter().chain(errors);
        (status.code(), said.collect::<Vec<_>>().join("\n"))
    }
}

#[test]
fn interrupted_once_it_finishes_and_records_what_is_under_way() {
    let held = Held::new();
    let mut applying = held.apply_under_way();
    applying.interrupt();
    applying.hears();
    held.lock.unlock().expect("it is locked");
    let (code, said) = applying.end();
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("Apply was interrupted. Resources: 1 added"), "{said}");
    assert_eq!(held.project.addresses(), ["local_server.slow"]);
    assert!(held.in_flight().is_empty());
    let again = held.project.apply().expect_code(0);
    again.expect_words(&["Apply complete! Resources: 1 added"]);
    held.project.plan().expect_code(0);
    held.project.destroy().expect_code(0);
}

#[test]
fn interrupted_twice_it_leaves_at_once_and_the_journal_knows_what_was_in_flight() {
    let held = Held::new();
    let mut applying = held.apply_under_way();
    applying.interrupt();
    applying.hears();
    applying.interrupt();
    let (code, said) = applying.end();
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("Two interrupts received. Exiting immediately."), "{said}");
    assert!(held.project.servers().is_empty() && held.project.addresses().is_empty());
    let create = ("local_server.slow".to_owned(), OperationAction::Create);
    assert_eq!(held.in_flight(), [create]);
    held.lock.unlock().expect("it is locked");
    held.project.apply().expect_code(0).expect_words(&["Resources: 2 added"]);
    assert!(held.in_flight().is_empty());
    assert_eq!(held.project.servers().len(), 1);
    held.project.plan().expect_code(0);
    held.project.destroy().expect_code(0);
}
