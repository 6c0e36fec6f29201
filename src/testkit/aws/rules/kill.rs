//! The client's process dies at a call, before or after the effect.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures::future::BoxFuture;
use tokio::sync::watch;

use crate::aws::answer::Answer;
use crate::aws::rule::{Exchange, Rule, Verdict};
use crate::processes;

/// When a process dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    BeforeEffect,
    AfterEffect,
}

/// Kills the process that it is aimed at when a call comes that was chosen for it. Clones are the same rule.
#[derive(Clone, Debug)]
pub struct Kill {
    moment: Moment,
    target: Arc<watch::Sender<Option<u32>>>,
    struck: Arc<AtomicBool>,
}

impl Kill {
    /// Aimed at nothing yet.
    #[must_use]
    pub fn at(moment: Moment) -> Self {
        Self { moment, target: Arc::new(watch::Sender::new(None)), struck: Arc::default() }
    }

    /// Names the process. A call waits for this, so that a process may be started first.
    pub fn aim(&self, pid: u32) {
        self.target.send_replace(Some(pid));
    }

    /// Whether it came to it.
    #[must_use]
    pub fn has_struck(&self) -> bool {
        self.struck.load(Ordering::SeqCst)
    }

    async fn strike(&self) {
        let mut target = self.target.subscribe();
        let pid = target.wait_for(Option::is_some).await.ok().and_then(|pid| *pid);
        if let Some(pid) = pid {
            self.struck.store(true, Ordering::SeqCst);
            processes::kill(pid);
        }
    }
}

impl Rule for Kill {
    fn before<'a>(&'a self, _exchange: &'a Exchange) -> BoxFuture<'a, Verdict> {
        Box::pin(async move {
            if self.moment != Moment::BeforeEffect {
                return Verdict::Pass;
            }
            self.strike().await;
            Verdict::Drop
        })
    }

    fn after<'a>(
        &'a self,
        _exchange: &'a Exchange,
        answer: Answer,
    ) -> BoxFuture<'a, Option<Answer>> {
        Box::pin(async move {
            if self.moment != Moment::AfterEffect {
                return Some(answer);
            }
            self.strike().await;
            None
        })
    }
}

#[cfg(test)]
mod tests {
    use std::process::{Child, Command};

    use super::*;
    use crate::aws::rule::When;
    use crate::aws::rule::tests::{Echo, send};
    use crate::aws::upstream::Upstream;

    fn victim() -> Child {
        Command::new("sleep").arg("60").spawn().expect("a process")
    }

    #[track_caller]
    fn check(moment: Moment, effects: usize) {
        let mut child = victim();
        let kill = Kill::at(moment);
        kill.aim(child.id());
        let rules = [When::always().nth(2).rule(kill.clone())];
        let echo = Echo::default();
        let upstream = Upstream::backend(echo.clone());
        assert!(send(&rules, &upstream, 1, "Action=CreateVpc").is_some());
        assert!(!kill.has_struck());
        assert!(send(&rules, &upstream, 2, "Action=CreateVpc").is_none());
        assert!(kill.has_struck());
        assert!(!child.wait().expect("it ended").success());
        assert_eq!(echo.count(), effects);
    }

    #[test]
    fn a_kill_before_the_effect_leaves_none() {
        check(Moment::BeforeEffect, 1);
    }

    #[test]
    fn a_kill_after_the_effect_keeps_it() {
        check(Moment::AfterEffect, 2);
    }
}
