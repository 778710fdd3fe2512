//! A contact is suspect: a message to it could not be delivered. Whoever has a participant with it corrects it; until then
//! no reminder goes there.

use careway_service::{Result, Transaction};

use super::store;

/// A number, of whoever has it.
pub(crate) async fn suspect_number(tx: &mut Transaction, keys: &[Vec<u8>]) -> Result<()> {
    let now = tx.now();
    store::suspect::update_number_suspect(tx, keys, now).await
}

/// A mail address, of whoever has it.
pub(crate) async fn suspect_address(tx: &mut Transaction, keys: &[Vec<u8>]) -> Result<()> {
    let now = tx.now();
    store::suspect::update_address_suspect(tx, keys, now).await
}
