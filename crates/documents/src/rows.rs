//! What the timers ask of a service's tables.

use careway_kernel::DocumentId;
use careway_service::Result;
use uuid::Uuid;

use crate::wrapping_keys::WrappingKeys;

/// A service's own rows of its documents. All of it is asked as the system, which sees every row.
pub trait DocumentRows: Send + Sync {
    /// The id of the database that the rows are in: made with it, and another in every other.
    fn database_id(&self) -> impl Future<Output = Result<Uuid>> + Send;

    /// Those of these that no row names.
    fn list_unknown(&self, ids: &[DocumentId]) -> impl Future<Output = Result<Vec<DocumentId>>> + Send;

    /// Locks at most so many rows whose key is not under the newest of these, saves what [`WrappingKeys::rewrap`] makes
    /// of them, and tells how many that were.
    fn rewrap(&self, keys: &WrappingKeys, most: usize) -> impl Future<Output = Result<usize>> + Send;
}
