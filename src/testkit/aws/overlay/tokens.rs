//! Client tokens of EC2: the same token makes the same thing, and never a second one.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use futures::future::BoxFuture;

use crate::aws::answer::Answer;
use crate::aws::rule::{Exchange, Rule, Verdict};

type Parameters = Vec<(String, String)>;

/// Answers a repeated token with the first answer; refuses it for other parameters.
#[derive(Debug, Default)]
pub struct Tokens(Mutex<HashMap<String, (Parameters, Answer)>>);

fn key(exchange: &Exchange) -> Option<String> {
    let call = &exchange.call;
    let token = call.parameter("ClientToken").filter(|_| call.service == "ec2")?;
    Some(format!("{} {} {token}", call.region, call.action))
}

impl Tokens {
    fn judge(&self, exchange: &Exchange) -> Verdict {
        let Some(key) = key(exchange) else { return Verdict::Pass };
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match known.get(&key) {
            None => Verdict::Pass,
            Some((parameters, answer)) if *parameters == exchange.call.parameters => {
                Verdict::Answer(answer.clone())
            }
            Some(_) => Verdict::Answer(Answer::error(
                &exchange.call,
                400,
                "IdempotentParameterMismatch",
                "The client token was used with other parameters",
            )),
        }
    }
}

impl Rule for Tokens {
    fn before<'a>(&'a self, exchange: &'a Exchange) -> BoxFuture<'a, Verdict> {
        Box::pin(std::future::ready(self.judge(exchange)))
    }

    fn after<'a>(
        &'a self,
        exchange: &'a Exchange,
        answer: Answer,
    ) -> BoxFuture<'a, Option<Answer>> {
        if let Some(key) = key(exchange).filter(|_| answer.is_success()) {
            let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            known.insert(key, (exchange.call.parameters.clone(), answer.clone()));
        }
        Box::pin(std::future::ready(Some(answer)))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::aws::rule::tests::{Echo, send};
    use crate::aws::upstream::Upstream;

    #[test]
    fn a_token_makes_one_thing() {
        let rules: [Arc<dyn Rule>; 1] = [Arc::new(Tokens::default())];
        let echo = Echo::default();
        let upstream = Upstream::backend(echo.clone());
        let ask = |form: &str| send(&rules, &upstream, 1, form).expect("an answer");
        ask("Action=CreateNatGateway&ClientToken=t&SubnetId=a");
        assert!(ask("Action=CreateNatGateway&ClientToken=t&SubnetId=a").is_success());
        assert_eq!(echo.count(), 1, "the second was answered from the first");
        let other = ask("Action=CreateNatGateway&ClientToken=t&SubnetId=b");
        assert!(other.text().contains("IdempotentParameterMismatch"));
        ask("Action=CreateNatGateway&ClientToken=u&SubnetId=b");
        ask("Action=CreateVpc");
        assert_eq!(echo.count(), 3);
    }
}
