//! Mistakes in a stack: each one is told with file, line, snippet and a way out, and nothing is changed.

use serde_json::Value;
use testkit::Project;

/// A wrong stack, and what is said of it.
struct Case {
    name: &'static str,
    main: &'static str,
    /// Where the mistake stands: `main.hcl:<line>`.
    line: usize,
    /// The line of source that is shown, and other words that are said.
    words: &'static [&'static str],
}

const CASES: &[Case] = &[
    Case {
        name: "a syntax error",
        main: "resource \"terraform_data\" \"a\" {\n  input = [1, 2\n}\n",
        line: 3,
        words: &["Missing item separator", "Expected a comma"],
    },
    Case {
        name: "an expression that is missing",
        main: "resource \"terraform_data\" \"a\" {\n  input =\n}\n",
        line: 2,
        words: &["Invalid expression", "input =", "Expected the start of an expression"],
    },
    Case {
        name: "an unknown attribute",
        main: "resource \"terraform_data\" \"a\" {\n  inptu = 1\n}\n",
        line: 2,
        words: &["Unsupported argument", "inptu = 1", "Did you mean \"input\"?"],
    },
    Case {
        name: "a wrong type",
        main: "resource \"random_password\" \"a\" {\n  length = \"many\"\n}\n",
        line: 2,
        words: &["length = \"many\"", "\"length\"", "a number is required"],
    },
    Case {
        name: "a required attribute that is missing",
        main: "resource \"random_password\" \"a\" {\n}\n",
        line: 1,
        words: &["Missing required argument", "\"length\""],
    },
    Case {
        name: "a reference to nothing",
        main: "resource \"terraform_data\" \"a\" {\n  input = terraform_data.bb.output\n}\n",
        line: 2,
        words: &["input = terraform_data.bb.output", "has not been declared"],
    },
    Case {
        name: "an undeclared variable",
        main: "variable \"region\" {\n  default = 1\n}\noutput \"o\" {\n  value = var.regoin\n}\n",
        line: 5,
        words: &["value = var.regoin", "did you mean"],
    },
    Case {
        name: "a cycle",
        main: "resource \"terraform_data\" \"a\" {\n  input = terraform_data.b.output\n}\n\
               resource \"terraform_data\" \"b\" {\n  input = terraform_data.a.output\n}\n",
        line: 2,
        words: &["Cycle", "terraform_data.a -> terraform_data.b -> terraform_data.a", "hint:"],
    },
    Case {
        name: "a duplicate",
        main: "resource \"terraform_data\" \"a\" {\n}\nresource \"terraform_data\" \"a\" {\n}\n",
        line: 3,
        words: &["Duplicate resource", "main.hcl:1", "must be unique"],
    },
    Case {
        name: "an unknown type",
        main: "resource \"terraform_dta\" \"a\" {\n}\n",
        line: 1,
        words: &["terraform_dta", "did you mean \"terraform_data\"?"],
    },
    Case {
        name: "an unknown function",
        main: "output \"o\" {\n  value = uper(\"a\")\n}\n",
        line: 2,
        words: &["uper", "id you mean \"upper\"?"],
    },
    Case {
        name: "an unsupported block",
        main: "resuorce \"terraform_data\" \"a\" {\n}\n",
        line: 1,
        words: &["resuorce", "id you mean \"resource\"?"],
    },
];

fn stack(name: &str, main: &str) -> Project {
    Project::with_stack(name, &format!("{main}\n"))
}

/// Nothing was written, started or recorded.
#[track_caller]
fn assert_untouched(project: &Project) {
    assert!(project.servers().is_empty());
    let addresses = project.state_folder().join("state.json");
    assert!(!addresses.exists(), "a state was written: {}", addresses.display());
}

#[test]
fn every_mistake_is_told_with_its_place_and_a_way_out() {
    for case in CASES {
        let project = stack("wrong", case.main);
        for verb in [&["validate"][..], &["plan"], &["apply", "-auto-approve"]] {
            let run = project.run(verb);
            assert_eq!(run.code, 1, "{}: {verb:?}:\n{}", case.name, run.all());
            let told = run.stderr.replace("did you mean", "Did you mean");
            let place = format!("main.hcl:{}:", case.line);
            assert!(told.contains(&place), "{}: {verb:?}: no {place}:\n{told}", case.name);
            for word in case.words {
                let word = word.replace("did you mean", "Did you mean");
                assert!(told.contains(&word), "{}: {verb:?}: no {word:?}:\n{told}", case.name);
            }
            for what in ["Error: ", "\nhint: "] {
                let count = told.matches(what).count();
                assert_eq!(count, 1, "{}: {verb:?}: one {what:?}:\n{told}", case.name);
            }
        }
        assert_untouched(&project);
    }
}

/// A program that asked for lines gets lines, also about a command line that is wrong.
#[test]
fn with_json_a_wrong_option_is_a_line_too() {
    let project = stack("option", "resource \"terraform_data\" \"a\" {}\n");
    let run = project.run(&["plan", "-json", "-nonsense"]).expect_code(1);
    let lines: Vec<Value> =
        run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines[0]["type"], "version");
    assert_eq!(lines[1]["diagnostic"]["summary"], "Failed to parse command-line flags");
    assert_eq!((lines.len(), &*run.stderr), (2, ""));
}

/// What is no folder was meant as a saved plan.
#[test]
fn a_plan_file_that_is_not_there_is_named() {
    let project = stack("saved", "resource \"terraform_data\" \"a\" {}\n");
    let run = project.run(&["apply", "gone.plan"]).expect_code(1);
    assert!(run.stderr.contains("Failed to load \"gone.plan\" as a plan file"), "{}", run.stderr);
}

/// Syntax, references, schemas, cycles and duplicates: none of them hides another.
#[test]
fn all_mistakes_of_a_stack_are_told_in_one_run() {
    let main = "resource \"terraform_data\" \"broken\" {\n  input = [1, 2\n}\n\
                resource \"terraform_data\" \"a\" {\n  inptu = 1\n}\n\
                resource \"random_password\" \"b\" {\n  length = \"many\"\n}\n\
                resource \"random_password\" \"c\" {\n}\n\
                resource \"terraform_data\" \"d\" {\n  input = terraform_data.nothing.output\n}\n\
                resource \"terraform_data\" \"e\" {\n  input = terraform_data.f.output\n}\n\
                resource \"terraform_data\" \"f\" {\n  input = terraform_data.e.output\n}\n\
                resource \"terraform_data\" \"f\" {\n}\n";
    // Of the damaged block the name is known, so that a reference to it is no mistake.
    let other = "output \"o\" {\n  value = local.nothing\n}\n\
                 output \"p\" {\n  value = terraform_data.broken.output\n}\n";
    let places = [
        "main.hcl:3:",
        "main.hcl:5:",
        "main.hcl:8:",
        "main.hcl:10:",
        "main.hcl:13:",
        "main.hcl:16:",
        "main.hcl:21:",
        "other.hcl:2:",
    ];
    let project = stack("many", main);
    project.write("stacks/many/other.hcl", other);
    for verb in ["validate", "plan"] {
        let run = project.run(&[verb]).expect_code(1);
        for place in places {
            assert!(run.stderr.contains(place), "{verb}: no {place}:\n{}", run.stderr);
        }
        for what in ["Error: ", "\nhint: "] {
            assert_eq!(run.stderr.matches(what).count(), places.len(), "{verb}: {}", run.stderr);
        }
    }
    assert_untouched(&project);
}

#[test]
fn what_two_files_do_wrong_is_told_of_both() {
    let project = stack("broken", "resource \"terraform_data\" \"a\" {\n  input = [1, 2\n}\n");
    project.write("stacks/broken/second.hcl", "output \"o\" {\n  value = )\n}\n");
    let run = project.run(&["validate"]).expect_code(1);
    for place in ["main.hcl:3:", "second.hcl:2:"] {
        assert!(run.stderr.contains(place), "no {place}:\n{}", run.stderr);
    }
}

#[test]
fn mistakes_on_the_command_line_are_told_without_a_panic() {
    let project = stack("plain", "output \"o\" {\n  value = 1\n}\n");
    for (arguments, word) in [
        (&["aply"][..], "apply"),
        (&["plan", "-no-such-option"], "no-such-option"),
        (&["plan", "-var", "x=1"], "x"),
        (&["plan", "-target=terraform_data.none"], "terraform_data.none"),
        (&["plan", "-var-file=none.tfvars"], "none.tfvars"),
        (&["show", "none.plan"], "none.plan"),
    ] {
        let run = project.run(arguments);
        assert_eq!(run.code, 1, "{arguments:?}:\n{}", run.all());
        assert!(run.stderr.contains(word), "{arguments:?}: no {word:?}:\n{}", run.stderr);
        assert!(!run.stderr.contains("panicked"), "{arguments:?}:\n{}", run.stderr);
    }
    project.apply().expect_code(0);
    let run = project.run(&["output", "none"]).expect_code(1);
    assert!(run.stderr.contains("Output \"none\" not found"), "{}", run.stderr);
    let run = project.artiform(&["-chdir=nowhere", "plan"]).expect_code(1);
    assert!(run.stderr.contains("nowhere"), "{}", run.stderr);
}
