//! How many refusals a measurement bears.

use anyhow::{Context, ensure};

/// How many refusals loops bear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusals {
    /// One in a hundred is too many: nothing here should be refused.
    Few,
    /// Any number, beside something that was done: all that is shown is that measuring works, on however busy a machine.
    Any,
}

impl Refusals {
    /// Whether something was done, and no more refused than is borne.
    pub(super) fn bear(self, done: u64, refused: u64, why: Option<anyhow::Error>) -> anyhow::Result<()> {
        let Some(why) = why else {
            ensure!(done > 0, "nothing was done in time");
            return Ok(());
        };
        let too_many = match self {
            Self::Few => refused * 100 > done,
            Self::Any => done == 0,
        };
        if too_many {
            return Err(why).with_context(|| format!("{refused} failed beside {done} that were done"));
        }
        crate::say::line(format!("{refused} failed beside {done} that were done: {why:#}"));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_borne_while_something_is_done() {
        let is_borne = |done: u64, refused: u64, borne: Refusals| {
            let why = (refused > 0).then(|| anyhow::anyhow!("refused"));
            borne.bear(done, refused, why).is_ok()
        };
        assert!(is_borne(100, 1, Refusals::Few) && !is_borne(99, 1, Refusals::Few));
        assert!(is_borne(1, 20, Refusals::Any) && !is_borne(0, 20, Refusals::Any));
        assert!(!is_borne(0, 0, Refusals::Few) && !is_borne(0, 0, Refusals::Any));
    }
}
