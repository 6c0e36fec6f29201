//! Rules: what stands between a call and the emulator, each wrapped around the next.

use std::collections::HashSet;
use std::future::ready;
use std::sync::{Arc, Mutex, PoisonError};

use futures::future::BoxFuture;

use super::answer::Answer;
use super::call::Call;
use super::upstream::Upstream;
use crate::random::Random;

/// A call on its way, with what a rule may need to judge it.
pub struct Exchange {
    pub call: Call,
    /// 1 for the first call that reached the proxy.
    pub number: u64,
    pub upstream: Upstream,
}

/// What becomes of a call.
#[derive(Debug)]
pub enum Verdict {
    /// On to the next rule.
    Pass,
    /// Answered here; what lies behind never sees it.
    Answer(Answer),
    /// The connection breaks without an answer.
    Drop,
}

/// Does something before a call reaches the emulator, or to the answer on its way back.
pub trait Rule: Send + Sync {
    /// Before the effect.
    fn before<'a>(&'a self, _exchange: &'a Exchange) -> BoxFuture<'a, Verdict> {
        Box::pin(ready(Verdict::Pass))
    }

    /// After it: the answer to give, or none to break the connection.
    fn after<'a>(
        &'a self,
        _exchange: &'a Exchange,
        answer: Answer,
    ) -> BoxFuture<'a, Option<Answer>> {
        Box::pin(ready(Some(answer)))
    }
}

/// Passes a call through rules, outermost first, to the emulator and back.
pub(crate) async fn pass_through(rules: &[Arc<dyn Rule>], exchange: &Exchange) -> Option<Answer> {
    let mut passed = 0;
    let mut answer = None;
    for rule in rules {
        match rule.before(exchange).await {
            Verdict::Pass => passed += 1,
            Verdict::Answer(refusal) => {
                answer = Some(refusal);
                break;
            }
            Verdict::Drop => return None,
        }
    }
    let mut answer = match answer {
        Some(answer) => answer,
        None => exchange.upstream.forward(&exchange.call).await?,
    };
    for rule in rules[..passed].iter().rev() {
        answer = rule.after(exchange, answer).await?;
    }
    Some(answer)
}

/// Which calls a rule is about. Everything is, until something narrows it.
#[derive(Clone, Debug, Default)]
pub struct When {
    name: Option<String>,
    region: Option<String>,
    writes: bool,
    reads: bool,
    skip: u64,
    most: Option<u64>,
    share: Option<(u64, u64)>,
}

impl When {
    /// All calls.
    #[must_use]
    pub fn always() -> Self {
        Self::default()
    }

    /// Calls of an action, `ec2:CreateVpc`.
    #[must_use]
    pub fn action(name: &str) -> Self {
        Self { name: Some(name.to_owned()), ..Self::default() }
    }

    /// Only in this region.
    #[must_use]
    pub fn in_region(self, region: &str) -> Self {
        Self { region: Some(region.to_owned()), ..self }
    }

    /// Only calls that change something.
    #[must_use]
    pub fn writes(self) -> Self {
        Self { writes: true, ..self }
    }

    /// Only calls that change nothing.
    #[must_use]
    pub fn reads(self) -> Self {
        Self { reads: true, ..self }
    }

    /// Only the nth of them, 1 for the first.
    #[must_use]
    pub fn nth(self, n: u64) -> Self {
        Self { skip: n.saturating_sub(1), most: Some(1), ..self }
    }

    /// Only those that come after the first so many of them.
    #[must_use]
    pub fn after(self, count: u64) -> Self {
        Self { skip: count, ..self }
    }

    /// Only the first so many of them.
    #[must_use]
    pub fn first(self, count: u64) -> Self {
        Self { most: Some(count), ..self }
    }

    /// A share of them in percent, drawn with a seed.
    #[must_use]
    pub fn percent(self, percent: u64, seed: u64) -> Self {
        Self { share: Some((percent, seed)), ..self }
    }

    /// The rule, for these calls only.
    pub fn rule(self, rule: impl Rule + 'static) -> Arc<dyn Rule> {
        let random = Random::from_seed(self.share.map_or(0, |(_, seed)| seed));
        let choice = Choice { random, seen: 0, chosen: HashSet::new() };
        Arc::new(Narrowed { when: self, rule, choice: Mutex::new(choice) })
    }

    fn concerns(&self, call: &Call) -> bool {
        self.name.as_ref().is_none_or(|name| *name == call.name())
            && self.region.as_ref().is_none_or(|region| *region == call.region)
            && (!self.writes || call.is_write())
            && (!self.reads || !call.is_write())
    }
}

/// A rule that looks only at the calls that were chosen for it.
struct Narrowed<R> {
    when: When,
    rule: R,
    choice: Mutex<Choice>,
}

struct Choice {
    random: Random,
    /// How many calls of the right kind have come.
    seen: u64,
    /// The calls that were chosen and are still on their way.
    chosen: HashSet<u64>,
}

impl<R> Narrowed<R> {
    fn chooses(&self, exchange: &Exchange) -> bool {
        if !self.when.concerns(&exchange.call) {
            return false;
        }
        let mut choice = self.choice.lock().unwrap_or_else(PoisonError::into_inner);
        choice.seen += 1;
        let place = choice.seen - 1;
        let in_turn = place >= self.when.skip
            && self.when.most.is_none_or(|most| place < self.when.skip + most);
        let is_drawn = match self.when.share {
            Some((percent, _)) => choice.random.below(100) < percent,
            None => true,
        };
        if in_turn && is_drawn {
            choice.chosen.insert(exchange.number);
        }
        in_turn && is_drawn
    }

    fn was_chosen(&self, exchange: &Exchange) -> bool {
        let mut choice = self.choice.lock().unwrap_or_else(PoisonError::into_inner);
        choice.chosen.remove(&exchange.number)
    }
}

impl<R: Rule> Rule for Narrowed<R> {
    fn before<'a>(&'a self, exchange: &'a Exchange) -> BoxFuture<'a, Verdict> {
        if self.chooses(exchange) {
            self.rule.before(exchange)
        } else {
            Box::pin(ready(Verdict::Pass))
        }
    }

    fn after<'a>(
        &'a self,
        exchange: &'a Exchange,
        answer: Answer,
    ) -> BoxFuture<'a, Option<Answer>> {
        if self.was_chosen(exchange) {
            self.rule.after(exchange, answer)
        } else {
            Box::pin(ready(Some(answer)))
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::aws::call::tests::signed;
    use crate::aws::upstream::Backend;

    /// A backend that counts what reaches it and answers each call with its name.
    #[derive(Clone, Default)]
    pub(crate) struct Echo(pub(crate) Arc<Mutex<Vec<String>>>);

    impl Backend for Echo {
        fn answer<'a>(&'a self, call: &'a Call) -> BoxFuture<'a, Option<Answer>> {
            let name = call.name();
            self.0.lock().expect("no panic").push(name.clone());
            Box::pin(ready(Some(Answer::with(200, "text/xml", name))))
        }
    }

    impl Echo {
        pub(crate) fn count(&self) -> usize {
            self.0.lock().expect("no panic").len()
        }
    }

    /// A backend that answers from a function.
    pub(crate) struct Says(pub(crate) fn(&Call) -> Answer);

    impl Backend for Says {
        fn answer<'a>(&'a self, call: &'a Call) -> BoxFuture<'a, Option<Answer>> {
            Box::pin(ready(Some((self.0)(call))))
        }
    }

    /// Sends an EC2 form through rules.
    pub(crate) fn send(
        rules: &[Arc<dyn Rule>],
        upstream: &Upstream,
        number: u64,
        form: &str,
    ) -> Option<Answer> {
        let call = signed("POST", "/", "ec2", form);
        let exchange = Exchange { call, number, upstream: upstream.clone() };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.expect("a runtime").block_on(pass_through(rules, &exchange))
    }

    struct Cut;

    impl Rule for Cut {
        fn before<'a>(&'a self, _exchange: &'a Exchange) -> BoxFuture<'a, Verdict> {
            Box::pin(ready(Verdict::Drop))
        }
    }

    /// Which of ten calls of an action a rule is applied to.
    fn chosen(when: When) -> Vec<u64> {
        let rules = [when.rule(Cut)];
        let upstream = Upstream::backend(Echo::default());
        (1..=10).filter(|n| send(&rules, &upstream, *n, "Action=CreateVpc").is_none()).collect()
    }

    #[test]
    fn calls_are_chosen_by_action_and_turn() {
        assert_eq!(chosen(When::action("ec2:CreateVpc")).len(), 10);
        assert_eq!(chosen(When::action("ec2:CreateSubnet")), [0; 0]);
        assert_eq!(chosen(When::always().nth(3)), [3]);
        assert_eq!(chosen(When::always().first(2)), [1, 2]);
        assert_eq!(chosen(When::always().after(8)), [9, 10]);
        assert_eq!(chosen(When::always().reads()), [0; 0]);
        assert_eq!(chosen(When::always().in_region("eu-west-1").writes()).len(), 10);
        assert_eq!(chosen(When::always().in_region("us-east-1")), [0; 0]);
    }

    #[test]
    fn a_share_is_the_same_for_the_same_seed() {
        let drawn = chosen(When::always().percent(50, 7));
        assert!(!drawn.is_empty() && drawn.len() < 10, "{drawn:?}");
        assert_eq!(chosen(When::always().percent(50, 7)), drawn);
        assert_eq!(chosen(When::always().percent(100, 7)).len(), 10);
    }

    #[test]
    fn what_a_rule_answers_never_reaches_the_backend() {
        let echo = Echo::default();
        let upstream = Upstream::backend(echo.clone());
        assert!(send(&[When::always().nth(2).rule(Cut)], &upstream, 1, "Action=A").is_some());
        assert_eq!(echo.count(), 1);
    }
}
