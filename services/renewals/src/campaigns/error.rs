//! The refusals of campaigns, each with its reason in the contract.

use careway_contract::renewals::v1::Reason;
use careway_service::Error;

use super::domain::refusal::CampaignRefusal;

impl From<CampaignRefusal> for Error {
    fn from(refusal: CampaignRefusal) -> Self {
        let message = refusal.to_string();
        let reason = match refusal {
            CampaignRefusal::State(state) => {
                return Self::new(Reason::CampaignState, message).with("state", state.as_str());
            }
            CampaignRefusal::SecondPersonNeeded => Reason::SecondPersonNeeded,
            CampaignRefusal::NobodyToRemind => Reason::NobodyToRemind,
            CampaignRefusal::ReapprovalNeeded => Reason::ReapprovalNeeded,
            CampaignRefusal::BudgetExhausted => Reason::BudgetExhausted,
            CampaignRefusal::TemplateUnknown => Reason::TemplateUnknown,
        };
        Self::new(reason, message)
    }
}
