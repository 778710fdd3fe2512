//! Recipients as the contract has them.

use careway_contract::cases::v1::NoticeRecipient;
use careway_kernel::AccountId;
use careway_service::timestamp;

use super::store::RecipientRow;

pub(super) fn recipient(account: AccountId, row: RecipientRow) -> NoticeRecipient {
    NoticeRecipient {
        account_id: account.to_string(),
        stopped_at: row.stopped_at.map(timestamp),
        stopped_for: row.stopped_for.unwrap_or_default(),
        paused_until: row.paused_until.map(timestamp),
    }
}
