//! What a journey expects of an answer.

use std::time::Duration;

use careway_standalone::seed::{Answer, Request};

use crate::TestPlatform;

/// The answer, which must have this status.
///
/// # Panics
/// When it is another, saying what was asked and why it was refused.
pub async fn accepted(status: u16, request: Request) -> Answer {
    let answer = request.await.expect("the gateway answers");
    assert_eq!(answer.status.as_u16(), status, "{answer}");
    answer
}

/// What a slow machine may take between two requests. The longest that anybody waits for a stranger's guesses is twice that.
const BETWEEN: Duration = Duration::from_secs(30);

/// Guesses on until whoever asks has to wait for longer than a slow machine takes to ask again; how long that is. Waits grow
/// with each guess.
///
/// # Panics
/// When a guess is right, or nobody slows them down.
pub async fn slowed_down(platform: &TestPlatform, guess: impl Fn() -> Request) -> Duration {
    for _ in 0..100 {
        let answer = guess().await.expect("the gateway answers");
        if answer.status.as_u16() != 429 {
            assert_eq!(answer.status.as_u16(), 401, "{answer}");
            continue;
        }
        let told = answer.header("retry-after").expect("whoever is slowed down is told for how long");
        let wait = Duration::from_secs(told.parse().expect("seconds"));
        if wait >= BETWEEN {
            return wait;
        }
        platform.advance(wait);
    }
    panic!("nobody slows the guesses down");
}

/// Whether it says nothing but "not now": repeated under its key, the request may be done.
#[must_use]
pub fn not_now(answer: &Answer) -> bool {
    matches!(answer.status.as_u16(), 503 | 504)
        || matches!(answer.reason(), "IDEMPOTENCY_KEY_IN_USE" | "BUSY")
}

/// The refusal, which must have this status and this reason.
///
/// # Panics
/// When it is another, or none.
pub async fn refused(status: u16, reason: &str, request: Request) -> Answer {
    let answer = request.await.expect("the gateway answers");
    assert_eq!((answer.status.as_u16(), answer.reason()), (status, reason), "{answer}");
    assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{answer}");
    answer
}
