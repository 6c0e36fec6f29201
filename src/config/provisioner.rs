//! Provisioners: what runs beside the creation or destruction of a resource.

use std::sync::Arc;

use diagnostics::Span;
use lang::{Body, Expr, Name};

/// `provisioner "TYPE" { ... }` in a resource or `removed` block
#[derive(Clone, Debug)]
pub struct Provisioner {
    pub type_name: Name,
    pub type_span: Span,
    pub when: When,
    pub on_failure: OnFailure,
    /// Its own `connection` block, else the resource's.
    pub connection: Option<Arc<Body>>,
    /// Everything else, as the provisioner's schema describes it.
    pub body: Arc<Body>,
    pub span: Span,
}

/// When a provisioner runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum When {
    /// After the resource is created, and never when it is updated.
    #[default]
    Create,
    /// Before the resource is destroyed.
    Destroy,
}

/// What the failure of a provisioner means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnFailure {
    /// The operation fails: what was created is tainted, what is to be destroyed stays.
    #[default]
    Fail,
    /// Nothing.
    Continue,
}

impl Provisioner {
    /// Calls `visit` with every expression, those of the connection last.
    pub fn for_each_expression<'a>(&'a self, visit: &mut dyn FnMut(&'a Expr)) {
        self.body.for_each_expression(visit);
        self.connection.iter().for_each(|body| body.for_each_expression(visit));
    }
}
