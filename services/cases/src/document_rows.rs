//! The rows of objects, files of cases and large mails, as the timers of documents ask for them.

use careway_documents::{DocumentRows, WrappingKeys};
use careway_kernel::DocumentId;
use careway_service::{Call, Database, Result};
use uuid::Uuid;

use crate::{attachments::store as files, inbound_mail::originals};

/// The rows of this service's database.
pub(crate) struct Rows(pub(crate) Database);

impl DocumentRows for Rows {
    async fn database_id(&self) -> Result<Uuid> {
        let mut reader = self.0.read(&Call::system("cases.documents.sweep")).await?;
        files::get_database_id(&mut reader).await
    }

    async fn list_unknown(&self, ids: &[DocumentId]) -> Result<Vec<DocumentId>> {
        let mut reader = self.0.read(&Call::system("cases.documents.sweep")).await?;
        let no_files = files::list_unknown(&mut reader, ids).await?;
        originals::list_unknown(&mut reader, &no_files).await
    }

    async fn rewrap(&self, keys: &WrappingKeys, most: usize) -> Result<usize> {
        let mut tx = self.0.begin_system("cases.documents.rewrap").await?;
        let of_files = keys.rewrap(&files::lock_keys_other_than(&mut tx, keys.newest(), most).await?);
        files::update_wrapped_keys(&mut tx, &of_files).await?;
        let left = most - of_files.len();
        let of_mails = keys.rewrap(&originals::lock_keys_other_than(&mut tx, keys.newest(), left).await?);
        originals::update_wrapped_keys(&mut tx, &of_mails).await?;
        tx.finish().await?;
        Ok(of_files.len() + of_mails.len())
    }
}
