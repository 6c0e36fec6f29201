//! A project in a folder of its own: stacks, modules, state, and whatever runs for them.
//!
//! ```text
//! <temporary folder>/
//!   stacks/<name>/*.hcl
//!   modules/...            where the stack needs them
//!   state/<stack>/         made by the command
//! ```

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::{Run, binary, processes};

/// A temporary project. When it is dropped, every process that it started is ended by pid.
#[derive(Debug)]
pub struct Project {
    folder: TempDir,
    stack: String,
    environment: Vec<(String, String)>,
}

impl Drop for Project {
    fn drop(&mut self) {
        // A server may be between fork and exec while we look: look again.
        for _ in 0..3 {
            for (pid, _) in processes::naming(self.folder.path()) {
                processes::signal(pid);
            }
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
    }
}

impl Project {
    /// A project with one stack of one file.
    ///
    /// # Panics
    /// When the folder cannot be written.
    #[must_use]
    pub fn with_stack(stack: &str, main: &str) -> Self {
        let folder = tempfile::Builder::new().prefix("artiform-test-").tempdir();
        let folder = folder.expect("a temporary folder");
        let project = Self { folder, stack: stack.into(), environment: Vec::new() };
        project.write(&format!("stacks/{stack}/main.hcl"), main);
        project
    }

    /// A copy of the repository's stack of this name, with `modules/`; `edit` changes its main file.
    ///
    /// # Panics
    /// When the stack does not exist or cannot be copied.
    #[must_use]
    pub fn copy_of(stack: &str, edit: impl FnOnce(String) -> String) -> Self {
        let source = binary::repository();
        let from = source.join("stacks").join(stack);
        let main = std::fs::read_to_string(from.join("main.hcl")).expect("the stack's main.hcl");
        let project = Self::with_stack(stack, &edit(main.clone()));
        for entry in std::fs::read_dir(&from).expect("the stack's folder").flatten() {
            let name = entry.file_name();
            if name != "main.hcl" && entry.path().is_file() {
                std::fs::copy(entry.path(), project.stack_folder().join(name))
                    .expect("a copied file");
            }
        }
        copy_tree(&source.join("modules"), &project.path().join("modules"));
        project
    }

    /// A copy of the quickstart whose sites listen on these ports, east first; `edit` changes its main file.
    #[must_use]
    pub fn quickstart(ports: (u16, u16), edit: impl FnOnce(String) -> String) -> Self {
        Self::copy_of("quickstart", |main| {
            // Whole arguments: the digits of one port may occur in the other.
            let east = main.replace("port = 8081", &format!("port = {}", ports.0));
            edit(east.replace("port = 8082", &format!("port = {}", ports.1)))
        })
    }

    /// Variables that every command of this project gets.
    #[must_use]
    pub fn with_environment(mut self, environment: Vec<(String, String)>) -> Self {
        self.environment = environment;
        self
    }

    /// The project's folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The folder of the stack's files.
    #[must_use]
    pub fn stack_folder(&self) -> PathBuf {
        self.path().join("stacks").join(&self.stack)
    }

    /// The folder of the stack's state.
    #[must_use]
    pub fn state_folder(&self) -> PathBuf {
        self.path().join("state").join(&self.stack)
    }

    /// Writes a file below the project's folder.
    ///
    /// # Panics
    /// When it cannot be written.
    pub fn write(&self, file: &str, text: &str) {
        let path = self.path().join(file);
        let parent = path.parent().expect("a file in a folder");
        std::fs::create_dir_all(parent).expect("a folder for the file");
        std::fs::write(&path, text).expect("the file is written");
    }

    /// The text of a file below the project's folder.
    ///
    /// # Panics
    /// When it cannot be read.
    #[must_use]
    pub fn read(&self, file: &str) -> String {
        let text = std::fs::read_to_string(self.path().join(file));
        text.unwrap_or_else(|error| panic!("{file} is readable: {error}"))
    }

    /// The command, ready to run in the project's folder.
    #[must_use]
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(binary::artiform());
        command.args(arguments).current_dir(self.path()).stdin(Stdio::null());
        command.env("NO_COLOR", "1").env_remove("ARTIFORM_LOG");
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Runs the command as it is typed, in the project's folder.
    ///
    /// # Panics
    /// When it cannot be started.
    #[must_use]
    pub fn artiform(&self, arguments: &[&str]) -> Run {
        let output = self.command(arguments).output().expect("the command starts");
        Run::of(format!("artiform {}", arguments.join(" ")), &output)
    }

    /// Starts the command on the stack and leaves it running; what it writes is dropped.
    ///
    /// # Panics
    /// When it cannot be started.
    #[must_use]
    pub fn start(&self, arguments: &[&str]) -> Child {
        let stack = format!("-chdir=stacks/{}", self.stack);
        let mut command = self.command(&[&[&*stack], arguments].concat());
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().expect("the command starts")
    }

    /// Runs the command on the stack, as `artiform -chdir=stacks/<stack> ...`.
    #[must_use]
    pub fn run(&self, arguments: &[&str]) -> Run {
        let stack = format!("-chdir=stacks/{}", self.stack);
        self.artiform(&[&[&*stack], arguments].concat())
    }

    /// Applies without asking.
    #[must_use]
    pub fn apply(&self) -> Run {
        self.run(&["apply", "-auto-approve"])
    }

    /// Plans, with exit code 2 for changes.
    #[must_use]
    pub fn plan(&self) -> Run {
        self.run(&["plan", "-detailed-exitcode"])
    }

    /// Destroys without asking.
    #[must_use]
    pub fn destroy(&self) -> Run {
        self.run(&["destroy", "-auto-approve"])
    }

    /// An output as plain text.
    ///
    /// # Panics
    /// When there is none of this name.
    #[must_use]
    pub fn output(&self, name: &str) -> String {
        self.run(&["output", "-raw", name]).expect_code(0).stdout
    }

    /// The addresses in the state.
    ///
    /// None where nothing was ever recorded.
    ///
    /// # Panics
    /// When the state cannot be listed.
    #[must_use]
    pub fn addresses(&self) -> Vec<String> {
        let run = self.run(&["state", "list"]);
        if run.stderr.contains("No state file was found") {
            return Vec::new();
        }
        let run = run.expect_code(0);
        run.stdout.lines().map(str::to_owned).collect()
    }

    /// The pids of the servers that run for this project.
    #[must_use]
    pub fn servers(&self) -> Vec<u32> {
        processes::servers(self.path())
    }
}

fn copy_tree(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder to copy to");
    for entry in std::fs::read_dir(from).expect("a folder to copy").flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_tree(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("a copied file");
        }
    }
}
