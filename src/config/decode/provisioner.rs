//! `provisioner` and `connection`, in resources and `removed` blocks.

use std::sync::Arc;

use diagnostics::Diagnostic;
use lang::{Block, Body, Expr, ExprKind};

use super::Decoder;
use crate::schema::{self, Shape};
use crate::{OnFailure, Provisioner, When, constant};

/// What a connection may say. Only what logs in to machines would read it, and nothing here does.
const CONNECTION: Shape = Shape {
    required: &["host"],
    optional: &[
        "agent",
        "agent_identity",
        "bastion_certificate",
        "bastion_host",
        "bastion_host_key",
        "bastion_password",
        "bastion_port",
        "bastion_private_key",
        "bastion_user",
        "cacert",
        "certificate",
        "host_key",
        "https",
        "insecure",
        "password",
        "port",
        "private_key",
        "proxy_host",
        "proxy_port",
        "proxy_scheme",
        "proxy_user_name",
        "proxy_user_password",
        "script_path",
        "target_platform",
        "timeout",
        "type",
        "use_ntlm",
        "user",
    ],
    blocks: &[],
};

/// What Terraform once had and took away.
const REMOVED: [&str; 4] = ["chef", "habitat", "puppet", "salt-masterless"];

impl Decoder<'_> {
    /// Takes the provisioners of a body, and the connection that they share.
    pub(super) fn take_provisioners(&mut self, body: &mut Body, owner: &str) -> Vec<Provisioner> {
        let connection = self.take_connection(body, owner);
        let blocks = self.take_blocks(body, "provisioner");
        let read = blocks.into_iter().filter_map(|block| self.provisioner(block, &connection));
        read.collect()
    }

    fn take_connection(&mut self, body: &mut Body, owner: &str) -> Option<Arc<Body>> {
        let block = self.take_block(body, "connection", owner)?;
        schema::labels(&block, &[], self.diagnostics);
        Some(Arc::new(block.body))
    }

    fn provisioner(&mut self, mut block: Block, shared: &Option<Arc<Body>>) -> Option<Provisioner> {
        if !schema::labels(&block, &["type"], self.diagnostics) {
            return None;
        }
        let label = block.labels[0].clone();
        if REMOVED.contains(&&*label.text) {
            let name = &label.text;
            let detail = format!("The provisioner \"{name}\" was removed from the language.");
            let summary = format!("The \"{name}\" provisioner has been removed");
            let diagnostic = Diagnostic::error(summary, detail).at(label.span);
            let hint = "let the machine configure itself at its start, by user_data";
            self.diagnostics.push(diagnostic.hint(hint));
            return None;
        }
        let body = &mut block.body;
        self.unfold(body, &[("connection", 0)]);
        let connection = self.take_connection(body, "provisioner").or_else(|| shared.clone());
        if let Some(connection) = &connection {
            schema::check(connection, &CONNECTION, self.diagnostics);
        }
        for reserved in self.take_blocks(body, "lifecycle") {
            let summary = "Reserved block type name in provisioner block";
            let detail = format!("The block type name \"{}\" is reserved.", reserved.kind);
            self.report(summary, detail, reserved.kind_span);
        }
        let words = [("create", When::Create), ("destroy", When::Destroy)];
        let when = self.take_keyword(body, "when", words);
        let words = [("continue", OnFailure::Continue), ("fail", OnFailure::Fail)];
        let on_failure = self.take_keyword(body, "on_failure", words);
        Some(Provisioner {
            type_name: label.text,
            type_span: label.span,
            when: when.unwrap_or_default(),
            on_failure: on_failure.unwrap_or_default(),
            connection,
            body: Arc::new(block.body),
            span: block.header_span,
        })
    }

    /// Takes an argument that is one of two words.
    fn take_keyword<T>(&mut self, body: &mut Body, name: &str, words: [(&str, T); 2]) -> Option<T> {
        let value = self.take_expr(body, name)?;
        let word = self.keyword(&value);
        let known = words.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(" or ");
        let found = words.into_iter().find(|(known, _)| word.as_deref() == Some(*known));
        if found.is_none() {
            let detail =
                format!("The \"{name}\" argument requires one of the following keywords: {known}.");
            self.report(&format!("Invalid \"{name}\" keyword"), detail, value.span);
        }
        found.map(|(_, meaning)| meaning)
    }

    /// The word that an expression consists of, as people wrote it long ago also in quotes.
    fn keyword(&mut self, value: &Expr) -> Option<String> {
        match &value.kind {
            ExprKind::Reference(traversal) if traversal.steps.is_empty() => {
                Some(traversal.root.to_string())
            }
            _ => {
                let text = constant::text(value)?;
                if !self.is_json(value.span) {
                    let detail = "In this context, keywords are expected literally rather than in quotes. Remove the quotes surrounding this keyword to silence this warning.";
                    let warning = Diagnostic::warning("Quoted keywords are deprecated", detail);
                    self.diagnostics.push(warning.at(value.span));
                }
                Some(text.to_string())
            }
        }
    }
}
