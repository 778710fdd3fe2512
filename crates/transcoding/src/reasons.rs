//! What the contract says about reasons of refusals: the status that each comes with, and what it means.

use std::collections::BTreeSet;

use anyhow::{Context, ensure};
use axum::http::StatusCode;
use prost_reflect::{DescriptorPool, DynamicMessage};
use tonic::Code;

use crate::problem;

/// One reason of a problem, as the contract declares it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProblemDoc {
    /// UPPER_SNAKE.
    pub reason: String,
    /// The HTTP status it comes with.
    pub status: StatusCode,
    /// What it means and what to do about it.
    pub text: String,
}

/// Every reason that a client may get. Fails when one stands twice, or has no status, or an RPC refuses with one that
/// is not declared.
pub fn problems(pool: &DescriptorPool) -> anyhow::Result<Vec<ProblemDoc>> {
    let mut names = BTreeSet::new();
    let mut problems = Vec::new();
    let option = pool.get_extension_by_name("careway.refusals.v1.refusal");
    for option in option.iter() {
        for value in pool.all_enums().flat_map(|reasons| reasons.values().collect::<Vec<_>>()) {
            let options = value.options();
            if !options.has_extension(option) {
                continue;
            }
            let refusal = options.get_extension(option);
            let refusal = refusal.as_message().context("careway.refusals.v1.refusal is not a message")?;
            ensure!(names.insert(value.name().to_owned()), "the reason {} is declared twice", value.name());
            let text = refusal.get_field_by_name("text");
            let text = text.and_then(|text| text.as_str().map(str::to_owned)).unwrap_or_default();
            if !text.is_empty() {
                let status = status(refusal).with_context(|| format!("{} has no status", value.name()))?;
                problems.push(ProblemDoc { reason: value.name().to_owned(), status, text });
            }
        }
    }
    check_refusals(pool, &names)?;
    Ok(problems)
}

/// Its own HTTP status, or that of its kind, whose number is a gRPC code.
fn status(refusal: &DynamicMessage) -> Option<StatusCode> {
    let own = refusal.get_field_by_name("http_status").and_then(|status| status.as_i32()).unwrap_or_default();
    let kind = refusal.get_field_by_name("kind").and_then(|kind| kind.as_enum_number()).unwrap_or_default();
    match (own, kind) {
        (0, 0) => None,
        (0, code) => Some(problem::status_of(Code::from_i32(code))),
        (status, _) => StatusCode::from_u16(u16::try_from(status).ok()?).ok(),
    }
}

fn check_refusals(pool: &DescriptorPool, declared: &BTreeSet<String>) -> anyhow::Result<()> {
    let Some(option) = pool.get_extension_by_name("careway.rest.v1.refuses") else { return Ok(()) };
    for rpc in pool.services().flat_map(|service| service.methods().collect::<Vec<_>>()) {
        let options = rpc.options();
        let refuses = options.get_extension(&option);
        for reason in refuses.as_list().unwrap_or_default().iter().filter_map(|reason| reason.as_str()) {
            ensure!(
                declared.contains(reason),
                "{} refuses with {reason}, which is not declared",
                rpc.full_name()
            );
        }
    }
    Ok(())
}
