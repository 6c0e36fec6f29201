//! Modules from git repositories and archives: installed, locked, verified.

use std::io::{Read, Write};
use std::path::Path;
use std::process::Command;

use testkit::Project;

const MODULE: &str = "output \"word\" {\n  value = \"WORD\"\n}\n";

fn git(folder: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new("git");
    command.args(["-c", "user.name=t", "-c", "user.email=t@example.com"]).arg("-C").arg(folder);
    let output = command.args(arguments).output().expect("git starts");
    assert!(
        output.status.success(),
        "git {arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// Commits a module that says a word into the folder `inner` of a repository.
fn commit(project: &Project, word: &str) -> String {
    let repository = project.path().join("repository");
    if !repository.exists() {
        std::fs::create_dir_all(&repository).expect("a folder");
        git(&repository, &["init", "--quiet", "--initial-branch=main"]);
    }
    project.write("repository/inner/main.tf", &MODULE.replace("WORD", word));
    git(&repository, &["add", "."]);
    git(&repository, &["commit", "--quiet", "-m", word]);
    git(&repository, &["rev-parse", "HEAD"])
}

fn stack(project: &Project, source: &str) {
    let main = format!(
        "module \"m\" {{\n  source = \"{source}\"\n}}\noutput \"word\" {{\n  value = module.m.word\n}}\n"
    );
    project.write("stacks/far/main.hcl", &main);
}

fn lock(project: &Project) -> String {
    project.read("stacks/far/.artiform.lock.hcl")
}

#[test]
fn git_modules_are_installed_by_ref_and_locked() {
    let project = Project::with_stack("far", "");
    let first = commit(&project, "one");
    git(&project.path().join("repository"), &["tag", "v1"]);
    commit(&project, "two");
    let url = format!("git::file://{}//inner", project.path().join("repository").display());
    stack(&project, &format!("{url}?ref=v1"));
    project.run(&["plan"]).expect_code(1).expect_words(&[
        "Module not installed",
        "main.hcl:2:",
        "artiform init",
    ]);
    project
        .run(&["init"])
        .expect_code(0)
        .expect_words(&["Initializing modules...", "successfully initialized!"]);
    assert!(lock(&project).contains(&first), "{}", lock(&project));
    project.apply().expect_code(0);
    assert_eq!(project.output("word"), "one");
    stack(&project, &url);
    project.run(&["get"]).expect_code(0);
    assert!(!lock(&project).contains(&first), "what is not used is forgotten");
    project.apply().expect_code(0);
    assert_eq!(project.output("word"), "two");
}

#[test]
fn a_locked_commit_is_installed_again_until_an_upgrade() {
    let project = Project::with_stack("far", "");
    commit(&project, "one");
    let url =
        format!("git::file://{}//inner?ref=main", project.path().join("repository").display());
    stack(&project, &url);
    project.run(&["init"]).expect_code(0);
    commit(&project, "two");
    std::fs::remove_dir_all(project.stack_folder().join(".artiform")).expect("removed");
    project.run(&["init"]).expect_code(0);
    project.apply().expect_code(0);
    assert_eq!(project.output("word"), "one");
    project.run(&["init", "-upgrade"]).expect_code(0);
    project.apply().expect_code(0);
    assert_eq!(project.output("word"), "two");
}

#[test]
fn an_installed_module_that_was_changed_is_not_read() {
    let project = Project::with_stack("far", "");
    commit(&project, "one");
    stack(&project, &format!("git::file://{}//inner", project.path().join("repository").display()));
    project.run(&["init"]).expect_code(0);
    let modules = project.stack_folder().join(".artiform/modules");
    let package = std::fs::read_dir(&modules).expect("modules").flatten().next().expect("one");
    let file = package.path().join("inner/main.tf");
    std::fs::write(&file, MODULE.replace("WORD", "forged")).expect("written");
    project.run(&["plan"]).expect_code(1).expect_words(&["Installed module has changed"]);
    project.run(&["init"]).expect_code(0);
    project.run(&["plan"]).expect_code(0).expect_words(&["\"one\""]);
}

/// A tar archive of one file.
fn tar(name: &str, text: &str) -> Vec<u8> {
    let mut header = [0_u8; 512];
    header[..name.len()].copy_from_slice(name.as_bytes());
    header[100..108].copy_from_slice(b"0000644\0");
    header[124..136].copy_from_slice(format!("{:011o}\0", text.len()).as_bytes());
    header[148..156].fill(b' ');
    header[156] = b'0';
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    let mut bytes = header.to_vec();
    bytes.extend_from_slice(text.as_bytes());
    bytes.resize(bytes.len().next_multiple_of(512) + 1024, 0);
    bytes
}

/// Answers every request with these bytes.
fn serve(bytes: Vec<u8>) -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let _ = stream.read(&mut [0; 4096]);
            let head = format!(
                "HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                bytes.len()
            );
            let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&bytes));
        }
    });
    port
}

#[test]
fn archives_come_from_files_and_servers() {
    let project = Project::with_stack("far", "");
    let bytes = tar("inner/main.tf", &MODULE.replace("WORD", "packed"));
    let path = project.path().join("module.tar");
    std::fs::write(&path, &bytes).expect("written");
    let port = serve(bytes);
    for source in [
        format!("file://{}//inner", path.display()),
        format!("http://127.0.0.1:{port}/module.tar//inner"),
    ] {
        stack(&project, &source);
        project.run(&["init"]).expect_code(0);
        assert!(lock(&project).contains("checksum = \"sha256:"), "{}", lock(&project));
        project.apply().expect_code(0);
        assert_eq!(project.output("word"), "packed");
    }
}

#[test]
fn an_archive_that_changed_or_leads_out_is_refused() {
    let project = Project::with_stack("far", "");
    let path = project.path().join("module.tar");
    stack(&project, &format!("file://{}", path.display()));
    std::fs::write(&path, tar("main.tf", &MODULE.replace("WORD", "one"))).expect("written");
    project.run(&["init"]).expect_code(0);
    std::fs::write(&path, tar("main.tf", &MODULE.replace("WORD", "two"))).expect("written");
    std::fs::remove_dir_all(project.stack_folder().join(".artiform")).expect("removed");
    project.run(&["init"]).expect_code(1).expect_words(&[
        "Failed to download module",
        "the lock file says",
        "init -upgrade",
    ]);
    std::fs::write(&path, tar("../../../escaped.tf", "")).expect("written");
    project.run(&["init", "-upgrade"]).expect_code(1).expect_words(&["leads out of it"]);
    assert!(!project.path().join("escaped.tf").exists());
}

#[test]
fn what_cannot_be_fetched_says_why() {
    let project = Project::with_stack("far", "");
    commit(&project, "one");
    let repository = project.path().join("repository");
    for (source, words) in [
        (format!("git::file://{}?ref=nope", repository.display()), "has no ref \"nope\""),
        (format!("git::file://{}/nothing", repository.display()), "git could not clone"),
        (format!("file://{}/no.zip", repository.display()), "could not be read"),
        (format!("git::file://{}//nope", repository.display()), "Unreadable module subdirectory"),
        ("s3::https://example.com/a.zip".to_owned(), "Invalid module source address"),
    ] {
        stack(&project, &source);
        project.run(&["init"]).expect_code(1).expect_words(&[words]);
    }
}
