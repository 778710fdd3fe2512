//! The settings of documents.

use std::time::Duration;

use careway_kernel::Redacted;
use clap::{ArgMatches, Args, Command, FromArgMatches};

/// The argument that tells whether all of them are there.
const PLACE: &str = "documents_place";

/// The settings as arguments. A process of several services has them once, and each of its services reads them.
#[derive(Debug, Clone)]
pub struct DocumentArgs(pub DocumentSettings);

/// Where documents are kept, under which keys, and who looks at them first.
#[derive(Debug, Clone, clap::Args)]
#[group(skip)]
pub struct DocumentSettings {
    /// Where documents are: a folder, or `s3://bucket/prefix` for any store that speaks S3. One installation has a place
    /// of its own, and in it each service has its own part: `visits/`, `cases/`.
    #[arg(
        id = "documents_place",
        long = "documents-place",
        env = "CAREWAY_DOCUMENTS_PLACE",
        default_value = "documents"
    )]
    pub place: String,
    /// The address of a store that is not Amazon's, like `https://minio.example.org`.
    #[arg(
        id = "documents_s3_endpoint",
        long = "documents-s3-endpoint",
        env = "CAREWAY_DOCUMENTS_S3_ENDPOINT"
    )]
    pub s3_endpoint: Option<String>,
    /// The region of the bucket.
    #[arg(id = "documents_s3_region", long = "documents-s3-region", env = "CAREWAY_DOCUMENTS_S3_REGION")]
    pub s3_region: Option<String>,
    /// Who writes to the bucket. Without it, the machine's own role does, as `AWS_*` variables and Amazon's metadata say.
    #[arg(
        id = "documents_s3_access_key_id",
        long = "documents-s3-access-key-id",
        env = "CAREWAY_DOCUMENTS_S3_ACCESS_KEY_ID"
    )]
    pub s3_access_key_id: Option<String>,
    /// The secret that belongs to it.
    #[arg(
        id = "documents_s3_secret_access_key",
        long = "documents-s3-secret-access-key",
        env = "CAREWAY_DOCUMENTS_S3_SECRET_ACCESS_KEY",
        hide_env_values = true
    )]
    pub s3_secret_access_key: Option<Redacted>,
    /// What documents are sealed with: secrets of at least 32 characters, the newest first, separated by commas or line
    /// breaks. New documents get the first; older ones are moved to it by and by, and a key may go when none is left.
    #[arg(
        id = "documents_keys",
        long = "documents-keys",
        env = "CAREWAY_DOCUMENTS_KEYS",
        hide_env_values = true
    )]
    pub keys: Redacted,
    /// How large a document may be, in MiB; at most 2047.
    #[arg(
        id = "documents_max_mib",
        long = "documents-max-mib",
        env = "CAREWAY_DOCUMENTS_MAX_MIB",
        default_value_t = 256
    )]
    pub max_mib: u32,
    /// How many uploads a process takes in at once, of which one organization may have a quarter; each holds some 15 MiB at most.
    #[arg(
        id = "documents_uploads",
        long = "documents-uploads",
        env = "CAREWAY_DOCUMENTS_UPLOADS",
        default_value_t = 32
    )]
    pub uploads: usize,
    /// The clamd that every document is shown to before it is kept: `tcp://clamd:3310` or `unix:///run/clamd.sock`. Its
    /// `StreamMaxLength` must be as large as a document may be. Without it, nobody looks.
    #[arg(id = "documents_scanner", long = "documents-scanner", env = "CAREWAY_DOCUMENTS_SCANNER")]
    pub scanner: Option<String>,
    /// What a crash left in the place is set aside after so many hours, which is longer than any upload takes.
    #[arg(
        id = "documents_orphan_hours",
        long = "documents-orphan-hours",
        env = "CAREWAY_DOCUMENTS_ORPHAN_HOURS",
        default_value_t = 24
    )]
    pub orphan_hours: u32,
    /// How many objects without a row one sweep sets aside at most, in place of one in a hundred, at least 10 and at most
    /// 100. A sweep that finds more touches none.
    #[arg(id = "documents_sweep_most", long = "documents-sweep-most", env = "CAREWAY_DOCUMENTS_SWEEP_MOST")]
    pub sweep_most: Option<usize>,
    /// How often timers look for such leavings, and for documents under older keys, in seconds.
    #[arg(
        id = "documents_timer_seconds",
        long = "documents-timer-seconds",
        env = "CAREWAY_DOCUMENTS_TIMER_SECONDS",
        default_value_t = 3600
    )]
    pub timer_seconds: u32,
}

impl DocumentSettings {
    /// Refuses what cannot work.
    pub(crate) fn check(&self) -> anyhow::Result<()> {
        anyhow::ensure!((1..=2047).contains(&self.max_mib), "CAREWAY_DOCUMENTS_MAX_MIB must be 1 to 2047");
        anyhow::ensure!(self.timer_seconds > 0, "CAREWAY_DOCUMENTS_TIMER_SECONDS must not be 0");
        anyhow::ensure!(self.orphan_hours > 0, "CAREWAY_DOCUMENTS_ORPHAN_HOURS must not be 0");
        anyhow::ensure!(self.uploads > 0, "CAREWAY_DOCUMENTS_UPLOADS must not be 0");
        Ok(())
    }

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

impl Args for DocumentArgs {
    fn augment_args(command: Command) -> Command {
        if has_them(&command) { command } else { DocumentSettings::augment_args(command) }
    }

    fn augment_args_for_update(command: Command) -> Command {
        if has_them(&command) { command } else { DocumentSettings::augment_args_for_update(command) }
    }
}

fn has_them(command: &Command) -> bool {
    command.get_arguments().any(|argument| argument.get_id() == PLACE)
}

impl FromArgMatches for DocumentArgs {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        DocumentSettings::from_arg_matches(matches).map(Self)
    }

    /// Takes nothing away: the next service reads the same.
    fn from_arg_matches_mut(matches: &mut ArgMatches) -> Result<Self, clap::Error> {
        Self::from_arg_matches(matches)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        self.0.update_from_arg_matches(matches)
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct TwoServices {
        #[command(flatten)]
        one: One,
        #[command(flatten)]
        other: Other,
    }

    #[derive(Args)]
    #[group(skip)]
    struct One {
        #[command(flatten)]
        documents: DocumentArgs,
    }

    #[derive(Args)]
    #[group(skip)]
    struct Other {
        #[command(flatten)]
        documents: DocumentArgs,
    }

    #[test]
    fn services_of_one_process_are_told_once() {
        let told = ["test", "--documents-place=s3://medical/careway", "--documents-keys=secrets"];
        let both = TwoServices::parse_from(told);
        for DocumentArgs(read) in [both.one.documents, both.other.documents] {
            assert_eq!((read.place.as_str(), read.keys.expose()), ("s3://medical/careway", "secrets"));
            assert!(read.check().is_ok());
        }
        assert!(TwoServices::try_parse_from(&told[..2]).is_err(), "without keys");
    }
}
