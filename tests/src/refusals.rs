//! What a journey expects of an answer.

use careway_standalone::seed::{Answer, Request};

/// The answer, which must have this status.
///
/// # Panics
/// When it is another, saying what was asked and why it was refused.
pub async fn accepted(status: u16, request: Request) -> Answer {
    let answer = request.await.expect("the gateway answers");
    assert_eq!(answer.status.as_u16(), status, "{answer}");
    answer
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
