//! Why a campaign is not changed.

use super::State;

/// The campaign is not changed so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum CampaignRefusal {
    #[error("The campaign is not in a state for this.")]
    State(State),
    #[error("Whoever wrote or submitted a campaign does not approve it.")]
    SecondPersonNeeded,
    #[error("No card of the list is at a step of the campaign.")]
    NobodyToRemind,
    #[error("More than a tenth more would be reminded than was approved; it must be approved once more.")]
    ReapprovalNeeded,
    #[error("The campaign has used up its budget; give it more first.")]
    BudgetExhausted,
    #[error("There is no such template for this purpose and channel.")]
    TemplateUnknown,
}
