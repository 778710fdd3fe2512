//! The rows of documents, as the timers of their files ask for them.

use careway_documents::{DocumentRows, WrappingKeys};
use careway_kernel::DocumentId;
use careway_service::{Call, Database, Result};
use uuid::Uuid;

use super::store;

/// The rows of this service's database.
pub(crate) struct Rows(pub(crate) Database);

impl DocumentRows for Rows {
    async fn database_id(&self) -> Result<Uuid> {
        let mut reader = self.0.read(&Call::system("visits.documents.sweep")).await?;
        store::get_database_id(&mut reader).await
    }

    async fn list_unknown(&self, ids: &[DocumentId]) -> Result<Vec<DocumentId>> {
        let mut reader = self.0.read(&Call::system("visits.documents.sweep")).await?;
        store::list_unknown(&mut reader, ids).await
    }

    async fn rewrap(&self, keys: &WrappingKeys, most: usize) -> Result<usize> {
        let mut tx = self.0.begin_system("visits.documents.rewrap").await?;
        let rewrapped = keys.rewrap(&store::lock_keys_other_than(&mut tx, keys.newest(), most).await?);
        store::update_wrapped_keys(&mut tx, &rewrapped).await?;
        tx.finish().await?;
        Ok(rewrapped.len())
    }
}
