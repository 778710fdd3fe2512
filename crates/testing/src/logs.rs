//! Everything the process logs, kept in memory: to prove that a secret is not in it.

use std::io;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use tracing_subscriber::fmt::format::FmtSpan;
use tracing_subscriber::util::SubscriberInitExt as _;

/// The log of the process. It is kept only while somebody captures.
#[derive(Default)]
struct Log {
    text: Vec<u8>,
    captures: usize,
}

static LOG: Mutex<Log> = Mutex::new(Log { text: Vec::new(), captures: 0 });

fn log() -> MutexGuard<'static, Log> {
    LOG.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Captures what the whole process logs from now on, at every level and with every span's fields. Tests that run
/// beside this one are captured too: look for text that is this test's own.
///
/// # Panics
/// When the process already logs elsewhere.
#[must_use]
pub fn capture_logs() -> CapturedLogs {
    static INSTALLED: OnceLock<()> = OnceLock::new();
    INSTALLED.get_or_init(|| {
        tracing_subscriber::fmt()
            .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
            .with_span_events(FmtSpan::NEW | FmtSpan::CLOSE)
            .with_ansi(false)
            .with_writer(|| Writer)
            .finish()
            .try_init()
            .expect("no other subscriber is installed in this test process");
    });
    let mut log = log();
    log.captures += 1;
    CapturedLogs { from: log.text.len() }
}

/// What was logged since [`capture_logs`].
#[derive(Debug)]
pub struct CapturedLogs {
    from: usize,
}

impl CapturedLogs {
    /// Whether the text was logged, in a message, a field or a span.
    #[must_use]
    pub fn contains(&self, text: &str) -> bool {
        self.text().contains(text)
    }

    /// The lines that contain the text: what a failed test shows.
    #[must_use]
    pub fn lines_with(&self, text: &str) -> Vec<String> {
        self.text().lines().filter(|line| line.contains(text)).map(str::to_owned).collect()
    }

    /// All of it.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&log().text[self.from..]).into_owned()
    }
}

impl Drop for CapturedLogs {
    fn drop(&mut self) {
        let mut log = log();
        log.captures -= 1;
        if log.captures == 0 {
            log.text = Vec::new();
        }
    }
}

struct Writer;

impl io::Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut log = log();
        if log.captures > 0 {
            log.text.extend_from_slice(bytes);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_fields_and_spans_are_captured_from_the_start() {
        let logs = capture_logs();
        tracing::trace!(canary = "field-9a1", "message-9a1");
        tracing::info_span!("work", code = "span-9a1").in_scope(|| ());
        let later = capture_logs();
        tracing::debug!("later-9a1");
        for text in ["field-9a1", "message-9a1", "span-9a1", "later-9a1"] {
            assert!(logs.contains(text), "{text}");
        }
        assert!(later.contains("later-9a1") && !later.contains("message-9a1"));
        assert_eq!(logs.lines_with("message-9a1").len(), 1);
        assert!(!logs.contains("never-said"));
    }
}
