//! What the test programs say at their end, added up.

use std::fmt;

/// The results of all test programs of a run.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Results {
    passed: usize,
    failed: usize,
    ignored: usize,
}

impl Results {
    /// Adds a test program's closing line; any other line counts nothing.
    ///
    /// `test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.02s`
    pub(super) fn add(&mut self, line: &str) {
        let Some((_, counts)) = line.strip_prefix("test result: ").and_then(|rest| rest.split_once(". "))
        else {
            return;
        };
        for count in counts.split("; ") {
            match count.split_once(' ').map(|(number, what)| (number.parse(), what)) {
                Some((Ok::<usize, _>(number), "passed")) => self.passed += number,
                Some((Ok(number), "failed")) => self.failed += number,
                Some((Ok(number), "ignored")) => self.ignored += number,
                _ => {}
            }
        }
    }
}

impl fmt::Display for Results {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} passed, {} failed", self.passed, self.failed)?;
        if self.ignored > 0 {
            write!(out, ", {} skipped", self.ignored)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closing_lines_are_added_up_and_nothing_else() {
        let mut results = Results::default();
        for line in [
            "running 4 tests",
            "test money::tests::parses ... ok",
            "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.02s",
            "",
            "test result: FAILED. 10 passed; 2 failed; 0 ignored; 0 measured; 5 filtered out; finished in 1.20s",
            "printed by a test: test result: ok. 99 passed",
        ] {
            results.add(line);
        }
        assert_eq!(results, Results { passed: 13, failed: 2, ignored: 1 });
        assert_eq!(results.to_string(), "13 passed, 2 failed, 1 skipped");
    }

    #[test]
    fn nothing_skipped_is_not_mentioned() {
        assert_eq!(Results::default().to_string(), "0 passed, 0 failed");
    }
}
