//! Guessing is slowed down; a stranger locks nobody out.

use careway_contract::identity::v1::{CreateSessionRequest, CreateSessionResponse};
use std::time::Duration;
use tonic::{Code, Status};

use crate::test_identity::{OPERATOR, PASSWORD, TestIdentity, ask, reason};

const HOME: &str = "196.12.0.7";
const STRANGE: &str = "203.0.113.9";

async fn sign_in(
    identity: &TestIdentity,
    password: &str,
    address: &str,
) -> Result<CreateSessionResponse, Status> {
    let message = CreateSessionRequest {
        email: OPERATOR.to_owned(),
        password: password.to_owned(),
        ..CreateSessionRequest::default()
    };
    Ok(identity.sessions().create_session(ask(message).from(address)).await?.into_inner())
}

#[tokio::test]
async fn waits_grow_for_the_guesser_and_not_for_the_owner() {
    use tonic_types::StatusExt as _;
    let identity = TestIdentity::at_a_standstill().await;
    for _ in 0..5 {
        assert_eq!(reason(&sign_in(&identity, "wrong", STRANGE).await.unwrap_err()), "CREDENTIALS_REJECTED");
    }
    let refusal = sign_in(&identity, PASSWORD, STRANGE).await.unwrap_err();
    assert_eq!((refusal.code(), reason(&refusal)), (Code::ResourceExhausted, "SIGN_IN_THROTTLED".to_owned()));
    let wait = refusal.get_error_details().retry_info().unwrap().retry_delay.unwrap();
    assert!(wait <= Duration::from_secs(1), "{wait:?}");
    sign_in(&identity, PASSWORD, HOME).await.unwrap();

    identity.clock.advance(Duration::from_secs(1));
    assert_eq!(reason(&sign_in(&identity, "wrong", STRANGE).await.unwrap_err()), "CREDENTIALS_REJECTED");
    identity.clock.advance(Duration::from_secs(1));
    assert_eq!(reason(&sign_in(&identity, "wrong", STRANGE).await.unwrap_err()), "SIGN_IN_THROTTLED");
    identity.clock.advance(Duration::from_secs(2));
    sign_in(&identity, PASSWORD, STRANGE).await.unwrap();
}

#[tokio::test]
async fn guesses_that_come_at_once_are_counted_first() {
    let identity = TestIdentity::at_a_standstill().await;
    let guesses = (0..20).map(|_| sign_in(&identity, "wrong", STRANGE));
    let outcomes = futures::future::join_all(guesses).await;
    let judged =
        outcomes.iter().filter(|it| reason(it.as_ref().unwrap_err()) == "CREDENTIALS_REJECTED").count();
    assert_eq!(judged, 5);
}

#[tokio::test]
async fn right_ones_that_come_at_once_are_no_guesses() {
    let identity = TestIdentity::start().await;
    let sign_ins = (0..12).map(|_| sign_in(&identity, PASSWORD, STRANGE));
    for outcome in futures::future::join_all(sign_ins).await {
        outcome.unwrap();
    }
}

#[tokio::test]
async fn many_strangers_do_not_lock_out_who_was_here_before() {
    let identity = TestIdentity::at_a_standstill().await;
    sign_in(&identity, PASSWORD, HOME).await.unwrap();
    for network in 0..50 {
        let address = format!("198.51.{network}.1");
        assert_eq!(reason(&sign_in(&identity, "wrong", &address).await.unwrap_err()), "CREDENTIALS_REJECTED");
    }
    assert_eq!(reason(&sign_in(&identity, "wrong", STRANGE).await.unwrap_err()), "SIGN_IN_THROTTLED");
    sign_in(&identity, PASSWORD, HOME).await.unwrap();
}
