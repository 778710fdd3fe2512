//! The settings of documents.

use std::time::Duration;

use careway_kernel::Redacted;

/// Where documents are kept, under which keys, and who looks at them first.
#[derive(Debug, Clone, clap::Args)]
#[group(id = "visits_documents")]
pub struct DocumentSettings {
    /// Where documents are kept: a folder, or `s3://bucket/prefix` for any store that speaks S3. One installation has a
    /// place of its own: what no row of its database names is removed from there.
    #[arg(
        id = "visits_documents_place",
        long = "visits-documents",
        env = "CAREWAY_VISITS_DOCUMENTS",
        default_value = "documents"
    )]
    pub place: String,
    /// The address of a store that is not Amazon's, like `https://minio.example.org`.
    #[arg(
        id = "visits_documents_s3_endpoint",
        long = "visits-documents-s3-endpoint",
        env = "CAREWAY_VISITS_DOCUMENTS_S3_ENDPOINT"
    )]
    pub s3_endpoint: Option<String>,
    /// The region of the bucket.
    #[arg(
        id = "visits_documents_s3_region",
        long = "visits-documents-s3-region",
        env = "CAREWAY_VISITS_DOCUMENTS_S3_REGION"
    )]
    pub s3_region: Option<String>,
    /// Who writes to the bucket. Without it, the machine's own role does, as `AWS_*` variables and Amazon's metadata say.
    #[arg(
        id = "visits_documents_s3_access_key_id",
        long = "visits-documents-s3-access-key-id",
        env = "CAREWAY_VISITS_DOCUMENTS_S3_ACCESS_KEY_ID"
    )]
    pub s3_access_key_id: Option<String>,
    /// The secret that belongs to it.
    #[arg(
        id = "visits_documents_s3_secret_access_key",
        long = "visits-documents-s3-secret-access-key",
        env = "CAREWAY_VISITS_DOCUMENTS_S3_SECRET_ACCESS_KEY",
        hide_env_values = true
    )]
    pub s3_secret_access_key: Option<Redacted>,
    /// What documents are sealed with: secrets of at least 32 characters, the newest first, separated by commas or line
    /// breaks. New documents get the first; older ones are moved to it by and by, and a key may go when none is left.
    #[arg(
        id = "visits_document_keys",
        long = "visits-document-keys",
        env = "CAREWAY_VISITS_DOCUMENT_KEYS",
        hide_env_values = true
    )]
    pub keys: Redacted,
    /// How large a document may be, in MiB; at most 2047.
    #[arg(
        id = "visits_document_max_mib",
        long = "visits-document-max-mib",
        env = "CAREWAY_VISITS_DOCUMENT_MAX_MIB",
        default_value_t = 256
    )]
    pub max_mib: u32,
    /// How many uploads a process takes in at once; each holds some 15 MiB at most.
    #[arg(
        id = "visits_document_uploads",
        long = "visits-document-uploads",
        env = "CAREWAY_VISITS_DOCUMENT_UPLOADS",
        default_value_t = 32
    )]
    pub uploads: usize,
    /// The clamd that every document is shown to before it is kept: `tcp://clamd:3310` or `unix:///run/clamd.sock`. Its
    /// `StreamMaxLength` must be as large as a document may be. Without it, nobody looks.
    #[arg(
        id = "visits_document_scanner",
        long = "visits-document-scanner",
        env = "CAREWAY_VISITS_DOCUMENT_SCANNER"
    )]
    pub scanner: Option<String>,
    /// What a crash left in the store is removed after so many hours; longer than any upload takes.
    #[arg(
        id = "visits_document_orphan_hours",
        long = "visits-document-orphan-hours",
        env = "CAREWAY_VISITS_DOCUMENT_ORPHAN_HOURS",
        default_value_t = 24
    )]
    pub orphan_hours: u32,
    /// How often timers look for such leavings, and for documents under older keys, in seconds.
    #[arg(
        id = "visits_document_timer_seconds",
        long = "visits-document-timer-seconds",
        env = "CAREWAY_VISITS_DOCUMENT_TIMER_SECONDS",
        default_value_t = 3600
    )]
    pub timer_seconds: u32,
}

impl DocumentSettings {
    /// The largest document, in bytes.
    pub(crate) fn max_bytes(&self) -> u64 {
        u64::from(self.max_mib) << 20
    }

    pub(crate) fn orphan_age(&self) -> chrono::Duration {
        chrono::Duration::hours(self.orphan_hours.into())
    }

    pub(crate) fn timer(&self) -> Duration {
        Duration::from_secs(self.timer_seconds.into())
    }
}
