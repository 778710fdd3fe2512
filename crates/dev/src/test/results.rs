//! What the test programs say at their end, added up, and what each failed test said.

use std::{collections::BTreeSet, fmt};

/// As many lines of a failed test are kept: where it panicked, and the beginning of why.
const LINES_KEPT: usize = 8;

/// The results of all test programs of a run.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Results {
    passed: usize,
    failed: usize,
    ignored: usize,
    failures: Vec<Failure>,
    second_try: Vec<Failure>,
    /// Whether the lines that come now are those of the last failure.
    telling: bool,
}

/// A test that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Failure {
    name: String,
    said: Vec<String>,
}

impl Results {
    /// Adds a line of a test program.
    ///
    /// ```text
    /// ---- coverages::lapse stdout ----
    /// test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.02s
    /// ```
    pub(super) fn add(&mut self, line: &str) {
        if let Some(name) = line.strip_prefix("---- ").and_then(|rest| rest.strip_suffix(" stdout ----")) {
            let name = name.trim_end_matches(" - should panic").to_owned();
            self.failures.push(Failure { name, said: Vec::new() });
            self.telling = true;
        } else if ["failures:", "stack backtrace:"].contains(&line) || line.starts_with("test result: ") {
            self.telling = false;
            self.count(line);
        } else if self.telling
            && let Some(failure) = self.failures.last_mut()
        {
            failure.add(line);
        }
    }

    /// How often each outcome is named in a closing line.
    fn count(&mut self, line: &str) {
        let Some((_, counts)) = line.split_once(". ") else { return };
        for count in counts.split("; ") {
            match count.split_once(' ').map(|(number, what)| (number.parse(), what)) {
                Some((Ok::<usize, _>(number), "passed")) => self.passed += number,
                Some((Ok(number), "failed")) => self.failed += number,
                Some((Ok(number), "ignored")) => self.ignored += number,
                _ => {}
            }
        }
    }

    /// The names of the tests that failed, if each that failed is known by name and there are at most so many.
    pub(super) fn few_failed(&self, most: usize) -> Option<BTreeSet<String>> {
        let known = self.failed > 0 && self.failed == self.failures.len() && self.failed <= most;
        known.then(|| self.failures.iter().map(|failure| failure.name.clone()).collect())
    }

    /// Whether every test of those that failed was found again and passed.
    pub(super) fn as_many_passed(&self, failed: &Self) -> bool {
        self.failed == 0 && self.passed >= failed.failed
    }

    /// After those that failed were run once more, and nothing else, and all passed: they count as passed, and stay named.
    pub(super) fn passed_at_last(mut self) -> Self {
        self.passed += std::mem::take(&mut self.failed);
        self.second_try.append(&mut self.failures);
        self
    }
}

impl Failure {
    /// What a test printed before it panicked is not kept.
    fn add(&mut self, line: &str) {
        let begun = !self.said.is_empty() || line.contains(" panicked at ") || line.starts_with("Error: ");
        if begun && self.said.len() < LINES_KEPT && !line.trim().is_empty() {
            self.said.push(line.to_owned());
        }
    }
}

impl fmt::Display for Results {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} passed, {} failed", self.passed, self.failed)?;
        if self.ignored > 0 {
            write!(out, ", {} skipped", self.ignored)?;
        }
        let told = [("failed", &self.failures), ("passed only when it was run once more", &self.second_try)];
        for (how, failures) in told {
            for Failure { name, said } in failures {
                write!(out, "\n      {name} {how}:")?;
                for line in said {
                    write!(out, "\n        {line}")?;
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A_RUN: &[&str] = &[
        "running 4 tests",
        "test money::tests::parses ... ok",
        "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.02s",
        "",
        "test money::tests::adds ... FAILED",
        "",
        "failures:",
        "",
        "---- money::tests::adds stdout ----",
        "printed by the test: test result: ok. 99 passed",
        "thread 'money::tests::adds' panicked at crates/kernel/src/money.rs:7:9:",
        "one and one are three",
        "stack backtrace:",
        "   0: __rustc::rust_begin_unwind",
        "failures:",
        "    money::tests::adds",
        "",
        "test result: FAILED. 10 passed; 1 failed; 0 ignored; 0 measured; 5 filtered out; finished in 1.20s",
    ];

    fn results() -> Results {
        let mut results = Results::default();
        A_RUN.iter().for_each(|line| results.add(line));
        results
    }

    #[test]
    fn closing_lines_are_added_up_and_failures_told() {
        assert_eq!(
            results().to_string(),
            "13 passed, 1 failed, 1 skipped\n      money::tests::adds failed:\n        thread 'money::tests::adds' panicked \
             at crates/kernel/src/money.rs:7:9:\n        one and one are three"
        );
    }

    #[test]
    fn nothing_skipped_is_not_mentioned() {
        assert_eq!(Results::default().to_string(), "0 passed, 0 failed");
    }

    #[test]
    fn few_failures_that_are_all_known_are_named() {
        assert_eq!(results().few_failed(3), Some(BTreeSet::from(["money::tests::adds".to_owned()])));
        assert_eq!(results().few_failed(0), None);
        assert_eq!(Results::default().few_failed(3), None, "none failed");
        let mut one_unknown = results();
        one_unknown.add("test result: FAILED. 0 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out");
        assert_eq!(one_unknown.few_failed(3), None);
    }

    #[test]
    fn what_passed_when_run_once_more_counts_and_stays_named() {
        let told = results().passed_at_last().to_string();
        assert!(told.starts_with("14 passed, 0 failed, 1 skipped\n"), "{told}");
        assert!(told.contains("money::tests::adds passed only when it was run once more"), "{told}");
    }
}
