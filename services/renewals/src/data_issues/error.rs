//! The refusals of data issues, each with its reason in the contract.

use careway_contract::renewals::v1::Reason;
use careway_service::Error;

use super::domain::IssueResolved;

impl From<IssueResolved> for Error {
    fn from(refusal: IssueResolved) -> Self {
        Self::new(Reason::IssueResolved, refusal.to_string())
    }
}
