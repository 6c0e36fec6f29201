//! Function calls.

use std::sync::Arc;

use super::parser::Parser;
use super::token::{Kind, Token};
use crate::expr::Call;
use crate::{Expr, ExprKind};

impl Parser<'_> {
    /// A call whose first name was read; `::` and `(` are ahead.
    pub(super) fn call(&mut self, first: Token) -> Expr {
        let mut name = self.text(first).to_string();
        let mut name_span = self.span(first);
        while self.accept(Kind::DoubleColon).is_some() {
            let part = self.next();
            if part.kind != Kind::Identifier {
                let detail = "Function scope resolution symbol :: must be followed by a function name in this scope.";
                self.remark("Missing function name", detail, self.span(part));
                self.recover_over(Kind::OpenParenthesis);
                return self.placeholder(name_span);
            }
            name.push_str("::");
            name.push_str(self.text(part));
            name_span = name_span.to(self.span(part));
        }
        let open = self.next();
        if open.kind != Kind::OpenParenthesis {
            let detail = "Function selector must be followed by an open parenthesis to begin the function call.";
            self.remark("Missing open parenthesis", detail, self.span(open));
            self.recover_over(Kind::OpenParenthesis);
            return self.placeholder(name_span);
        }
        let (arguments, expand_final) =
            self.with_newlines(false, |parser| parser.arguments(name_span.to(parser.span(open))));
        let span = name_span.to(self.last_span());
        let name = super::literal::normalised(&name);
        let call = Call { name, name_span, arguments, expand_final };
        Expr::new(ExprKind::Call(Arc::new(call)), span)
    }

    fn arguments(&mut self, head: diagnostics::Span) -> (Vec<Expr>, bool) {
        let mut arguments = Vec::new();
        loop {
            if self.accept(Kind::CloseParenthesis).is_some() {
                return (arguments, false);
            }
            let (argument, failed) = self.tried(Self::expression);
            arguments.push(argument);
            if failed {
                self.recover_to(Kind::CloseParenthesis);
                return (arguments, false);
            }
            let separator = self.next();
            match separator.kind {
                Kind::Comma => {}
                Kind::CloseParenthesis => return (arguments, false),
                Kind::Ellipsis => {
                    self.after_ellipsis(separator);
                    return (arguments, true);
                }
                _ => {
                    self.no_argument_separator(separator, head);
                    return (arguments, false);
                }
            }
        }
    }

    fn after_ellipsis(&mut self, ellipsis: Token) {
        if self.accept(Kind::CloseParenthesis).is_none() {
            let detail = "An expanded function argument (with ...) must be immediately followed by closing parentheses.";
            self.error("Missing closing parenthesis", detail, self.span(ellipsis));
            self.recover_to(Kind::CloseParenthesis);
        }
    }

    fn no_argument_separator(&mut self, separator: Token, head: diagnostics::Span) {
        if separator.kind == Kind::End {
            let detail = "There is no closing parenthesis for this function call before the end of the file. This may be caused by incorrect parenthesis nesting elsewhere in this file.";
            self.remark("Unterminated function call", detail, head);
        } else {
            let detail = "A comma is required to separate each function argument from the next.";
            self.remark("Missing argument separator", detail, self.span(separator));
        }
        self.recover_to(Kind::CloseParenthesis);
    }
}
