//! Provisioners: what they may refer to, and where they may stand.

use diagnostics::Diagnostic;
use lang::{Expr, Step, Traversal};

use super::Validator;
use super::body::Surroundings;
use crate::{MovedEndpoint, Provisioner, Removed, When};

impl<'a> Validator<'a> {
    /// Checks the expressions of provisioners; `self` is what they run beside.
    pub(super) fn provisioners(&mut self, all: &'a [Provisioner], inside: &Surroundings<'a>) {
        let beside = Surroundings { myself: true, ..inside.clone() };
        for provisioner in all {
            let late = provisioner.when == When::Destroy;
            provisioner.for_each_expression(&mut |expr| {
                let strangers = if late { strangers(expr) } else { Vec::new() };
                if strangers.is_empty() {
                    self.expression(expr, &beside);
                }
                self.diagnostics.extend(strangers);
            });
        }
    }

    /// Checks the provisioners of a `removed` block.
    pub(super) fn removed_provisioners(&mut self, removed: &'a Removed) {
        let may_name_instances =
            Surroundings { count: true, each: true, ..Surroundings::default() };
        for provisioner in &removed.provisioners {
            let detail = if matches!(removed.from, MovedEndpoint::Module(_)) {
                "Provisioners are valid only when a removed block targets a managed resource."
            } else if provisioner.when == When::Create {
                "Only destroy-time provisioners are valid in \"removed\" blocks. To declare a destroy-time provisioner, use:\n    when = destroy"
            } else {
                continue;
            };
            self.report("Invalid provisioner block", detail, provisioner.span);
        }
        self.provisioners(&removed.provisioners, &may_name_instances);
    }
}

/// What an expression refers to that may be gone when a thing is destroyed.
fn strangers(expr: &Expr) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    expr.for_each_reference(&mut |traversal| {
        if !stays(traversal) {
            let detail = "Destroy-time provisioners and their connection configurations may only reference attributes of the related resource, via 'self', 'count.index', or 'each.key'.\n\nReferences to other resources during the destroy phase can cause dependency cycles and interact poorly with create_before_destroy.";
            let summary = "Invalid reference from destroy provisioner";
            found.push(Diagnostic::error(summary, detail).at(expr.span));
        }
    });
    found
}

fn stays(traversal: &Traversal) -> bool {
    let attribute = match traversal.steps.first() {
        Some(Step::Attribute(name, _)) => &**name,
        _ => "",
    };
    match &*traversal.root {
        "self" | "path" | "terraform" => true,
        "count" => attribute == "index",
        "each" => attribute == "key",
        _ => false,
    }
}
