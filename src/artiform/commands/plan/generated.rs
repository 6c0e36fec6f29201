//! `--generate-config-out`: the blocks of import targets that have none, in a file of their own.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;

use plan::Plan;

use crate::context::Failure;
use crate::ui::Ui;

const HEADER: &str = "# __generated__ by artiform\n# Please review these resources and move them into your main configuration files.\n";

/// Refuses a file that is there, before anything is read: what people wrote is never written over.
pub fn check(path: &Path) -> Result<(), Box<Failure>> {
    if !path.exists() {
        return Ok(());
    }
    let detail = format!(
        "Generated configuration goes into a new file, and {} is there. Choose another name, or move what it holds and delete it.",
        path.display()
    );
    Err(Failure::error("Target generated file already exists", detail))
}

/// Writes the generated blocks of a plan; without any, there is no file.
pub fn write(plan: &Plan, path: &Path, ui: &Ui) -> Result<(), Box<Failure>> {
    let imports = plan.changes.iter().filter_map(|change| change.importing.as_ref());
    let blocks: Vec<&str> =
        imports.filter_map(|import| import.generated_config.as_deref()).collect();
    if blocks.is_empty() {
        return Ok(());
    }
    let text = format!("{HEADER}\n{}", blocks.join("\n"));
    let created = OpenOptions::new().write(true).create_new(true).open(path);
    created.and_then(|mut file| file.write_all(text.as_bytes())).map_err(|error| {
        let detail = format!("{} could not be written: {error}.", path.display());
        Failure::error("Generated configuration could not be written", detail)
    })?;
    if !ui.json {
        ui.line(&format!("\nWrote configuration for what is imported to: {}", path.display()));
    }
    Ok(())
}
