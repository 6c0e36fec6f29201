//! Asking a person for the value of a variable, as Terraform asks.

use std::io::BufRead;

use config::Variable;

use crate::ui::Ui;

/// Asks once; nothing when the person gives none.
pub fn for_variable(variable: &Variable, ui: &Ui) -> Option<String> {
    let mut question = ui.bold(&format!("var.{}", variable.name)) + "\n";
    if let Some(description) = &variable.description {
        question.push_str(&format!("  {}\n", description.replace('\n', "\n  ")));
    }
    ui.print(&format!("{question}\n"));
    let prompt = ui.bold("  Enter a value: ");
    let answer = if variable.sensitive {
        rpassword::prompt_password(prompt).ok()?
    } else {
        ui.print(&prompt);
        read_line()?
    };
    ui.print("\n");
    Some(answer)
}

/// Reads a line from stdin without its end; nothing at the end of input.
pub fn read_line() -> Option<String> {
    let mut line = String::new();
    match std::io::stdin().lock().read_line(&mut line) {
        Ok(0) | Err(_) => None,
        Ok(_) => Some(line.trim_end_matches(['\n', '\r']).to_owned()),
    }
}
