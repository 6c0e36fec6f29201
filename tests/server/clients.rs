//! Publish with a real client at one site, install with a real client from the other.

use std::path::{Path, PathBuf};
use std::time::Duration;

use testkit::{Site, clients, patience};

use crate::sites::Sites;

/// A client is heavy; what it published is at the other site before it has ended or soon after.
const SOON: Duration = Duration::from_secs(5);

fn folder(sites: &Sites, name: &str) -> PathBuf {
    let folder = sites.project.path().join(name);
    std::fs::create_dir_all(&folder).expect("a folder for the client");
    folder
}

fn write(folder: &Path, file: &str, text: &str) {
    let path = folder.join(file);
    std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
    std::fs::write(path, text).expect("a file");
}

#[track_caller]
fn await_text(site: &Site, path: &str, word: &str) {
    patience::within(SOON, &format!("{path} has {word}"), || {
        let answer = site.try_send("GET", path, b"").ok()?;
        (answer.status == 200 && answer.text().contains(word)).then_some(())
    });
}

#[test]
fn twine_uploads_here_and_pip_installs_there() {
    let sites = Sites::start();
    let home = folder(&sites, "python");
    write(
        &home,
        "setup.py",
        "from setuptools import setup\nsetup(name='artiform-greeting', version='1.2.3', py_modules=['artiform_greeting'])\n",
    );
    write(&home, "artiform_greeting.py", "WORDS = 'hello from east'\n");
    let python = clients::python("python3");
    let build = ["setup.py", "--quiet", "sdist", "bdist_wheel"];
    clients::run(&python, &build, &home, &[]).expect_code(0);
    let files: Vec<String> = std::fs::read_dir(home.join("dist"))
        .expect("dist")
        .flatten()
        .map(|entry| entry.path().display().to_string())
        .collect();
    assert_eq!(files.len(), 2, "a wheel and a source archive: {files:?}");
    let url = format!("{}/artifactory/api/pypi/python", sites.east.url());
    let mut upload = vec![
        "upload",
        "--non-interactive",
        "--disable-progress-bar",
        "--repository-url",
        &url,
        "-u",
        "admin",
        "-p",
        &sites.east.password,
    ];
    upload.extend(files.iter().map(String::as_str));
    clients::run(&clients::python("twine"), &upload, &home, &[]).expect_code(0);
    await_text(&sites.west, "/artifactory/api/pypi/python/simple/artiform-greeting/", ".whl");
    let index = sites.west.url_with_password("/artifactory/api/pypi/python/simple");
    for (target, binary) in [("wheel", "--only-binary=:all:"), ("source", "--no-binary=:all:")] {
        let install = [
            "install",
            "--no-cache-dir",
            "--disable-pip-version-check",
            "--no-deps",
            "--no-build-isolation",
            binary,
            "--index-url",
            &index,
            "--target",
            target,
            "artiform_greeting==1.2.3",
        ];
        clients::run(&clients::python("pip"), &install, &home, &[]).expect_code(0);
        let installed = std::fs::read_to_string(home.join(target).join("artiform_greeting.py"));
        assert!(installed.expect("the module").contains("hello from east"), "{target}");
    }
}

#[test]
fn npm_publishes_here_and_installs_there() {
    let sites = Sites::start();
    let npm = Path::new("npm");
    let registry = |site: &Site| format!("{}/artifactory/api/npm/js/", site.url());
    let settings = |site: &Site| {
        let authority = registry(site).replace("http:", "");
        format!(
            "registry={}\n{authority}:_auth={}\nfund=false\naudit=false\nupdate-notifier=false\n",
            registry(site),
            site.basic()
        )
    };
    for (name, plain) in [("greeting", "greeting"), ("@example/greeting", "scoped")] {
        let home = folder(&sites, &format!("npm-{plain}"));
        write(&home, ".npmrc", &settings(&sites.east));
        write(
            &home,
            "package.json",
            &format!("{{\"name\": \"{name}\", \"version\": \"1.2.3\", \"main\": \"index.js\"}}"),
        );
        write(&home, "index.js", "module.exports = 'hello from east';\n");
        clients::run(npm, &["publish", "--access", "public"], &home, &[]).expect_code(0);
        let there = folder(&sites, &format!("npm-{plain}-there"));
        write(&there, ".npmrc", &settings(&sites.west));
        write(
            &there,
            "package.json",
            "{\"name\": \"consumer\", \"version\": \"1.0.0\", \"private\": true}",
        );
        let encoded = name.replace('/', "%2f");
        await_text(&sites.west, &format!("/artifactory/api/npm/js/{encoded}"), "1.2.3");
        clients::run(npm, &["install", &format!("{name}@^1.0.0")], &there, &[]).expect_code(0);
        let said =
            clients::run(Path::new("node"), &["-p", &format!("require('{name}')")], &there, &[]);
        assert_eq!(said.expect_code(0).stdout.trim(), "hello from east");
        let lock = std::fs::read_to_string(there.join("package-lock.json")).expect("a lock file");
        assert!(lock.contains(&sites.west.url()), "the lock file names another site:\n{lock}");
        assert!(lock.contains("sha512-"), "{lock}");
    }
}

/// Settings for Maven: plugins from Debian's own offline repository, ours for everything else.
fn maven_settings(home: &Path, site: &Site) -> String {
    format!(
        "<settings><localRepository>{}</localRepository>\
         <mirrors><mirror><id>debian</id><mirrorOf>central</mirrorOf><url>file:///usr/share/maven-repo</url></mirror></mirrors>\
         <servers><server><id>site</id><username>{}</username><password>{}</password></server></servers></settings>",
        home.join("m2").display(),
        site.user,
        site.password
    )
}

#[test]
fn mvn_deploys_here_and_resolves_there() {
    let sites = Sites::start();
    let mvn = Path::new("mvn");
    let run = |site: &Site, home: &Path, arguments: &[&str]| {
        write(home, "settings.xml", &maven_settings(home, site));
        let all = [&["-B", "-q", "-s", "settings.xml"], arguments].concat();
        clients::run(mvn, &all, home, &[]).expect_code(0)
    };
    let repository = |site: &Site| format!("{}/artifactory/libs", site.url());
    let home = folder(&sites, "mvn");
    for (version, text) in [("1.2.3", "release"), ("2.0-SNAPSHOT", "snapshot")] {
        write(&home, "greeting.jar", text);
        let url = format!("-Durl={}", repository(&sites.east));
        let version = format!("-Dversion={version}");
        run(
            &sites.east,
            &home,
            &[
                "org.apache.maven.plugins:maven-deploy-plugin:3.0.0:deploy-file",
                "-DrepositoryId=site",
                &url,
                "-Dfile=greeting.jar",
                "-DgroupId=com.example",
                "-DartifactId=greeting",
                &version,
                "-Dpackaging=jar",
            ],
        );
    }
    await_text(
        &sites.west,
        "/artifactory/libs/com/example/greeting/maven-metadata.xml",
        "2.0-SNAPSHOT",
    );
    let there = folder(&sites, "mvn-there");
    for (version, text) in [("1.2.3", "release"), ("2.0-SNAPSHOT", "snapshot")] {
        let remote = format!("-DremoteRepositories=site::::{}", repository(&sites.west));
        let artifact = format!("-Dartifact=com.example:greeting:{version}");
        run(
            &sites.west,
            &there,
            &[
                "org.apache.maven.plugins:maven-dependency-plugin:3.5.0:get",
                &remote,
                &artifact,
                "-Dtransitive=false",
            ],
        );
        let jar = there.join(format!("m2/com/example/greeting/{version}/greeting-{version}.jar"));
        assert_eq!(std::fs::read_to_string(&jar).expect("the resolved jar"), text, "{version}");
    }
}
