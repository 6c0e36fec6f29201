//! The effect happens and the answer is lost.

use std::future::ready;

use futures::future::BoxFuture;

use crate::aws::answer::Answer;
use crate::aws::rule::{Exchange, Rule};

/// Breaks the connection after the effect.
#[derive(Clone, Copy, Debug)]
pub struct Lose;

impl Rule for Lose {
    fn after<'a>(
        &'a self,
        _exchange: &'a Exchange,
        _answer: Answer,
    ) -> BoxFuture<'a, Option<Answer>> {
        Box::pin(ready(None))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::rule::When;
    use crate::aws::rule::tests::{Echo, send};
    use crate::aws::upstream::Upstream;

    #[test]
    fn a_lost_answer_had_its_effect() {
        let echo = Echo::default();
        let upstream = Upstream::backend(echo.clone());
        assert!(send(&[When::always().rule(Lose)], &upstream, 1, "Action=CreateVpc").is_none());
        assert_eq!(echo.count(), 1);
    }
}
