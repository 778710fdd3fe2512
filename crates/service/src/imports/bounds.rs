//! What imports may cost, and the settings that say so.

use std::time::Duration;

/// What lists that people upload may cost a process, however many services are in it.
#[derive(Debug, Clone, Copy, clap::Args)]
#[group(skip)]
pub struct ImportSettings {
    /// MiB a list may have. The contract lets no more than 10 through.
    #[arg(long, env = "CAREWAY_IMPORT_MIB", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=10))]
    pub import_mib: u32,
    /// Rows a list may have; one of claims never more than 5,000.
    #[arg(long, env = "CAREWAY_IMPORT_ROWS", default_value_t = 200_000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub import_rows: u32,
    /// Seconds after which an upload of which nothing comes is cut off.
    #[arg(long, env = "CAREWAY_IMPORT_IDLE_SECONDS", default_value_t = 15, value_parser = clap::value_parser!(u32).range(1..=300))]
    pub import_idle_seconds: u32,
    /// Seconds after which an upload that is not whole is cut off.
    #[arg(long, env = "CAREWAY_IMPORT_SECONDS", default_value_t = 300, value_parser = clap::value_parser!(u32).range(1..=3600))]
    pub import_seconds: u32,
    /// Uploads of one organization at a time; more of them wait. Each has a file among the temporary ones.
    #[arg(long, env = "CAREWAY_IMPORT_UPLOADS_EACH", default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=256))]
    pub import_uploads_each: u32,
    /// Lists that are read and taken at a time.
    #[arg(long, env = "CAREWAY_IMPORT_PLACES", default_value_t = 4, value_parser = clap::value_parser!(u32).range(1..=64))]
    pub import_places: u32,
    /// Lists of one organization that are read and taken at a time: fewer than all, so that others have a place.
    #[arg(long, env = "CAREWAY_IMPORT_PLACES_EACH", default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..=64))]
    pub import_places_each: u32,
    /// MiB of memory that all lists together may take while they are read and taken.
    #[arg(long, env = "CAREWAY_IMPORT_MEMORY_MIB", default_value_t = 256, value_parser = clap::value_parser!(u32).range(16..=65_536))]
    pub import_memory_mib: u32,
}

/// What imports may cost a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImportBounds {
    /// A list, in bytes.
    pub bytes: usize,
    /// A list, in rows.
    pub rows: usize,
    /// An upload of which nothing comes for so long is cut off.
    pub idle: Duration,
    /// An upload that is not whole after so long is cut off.
    pub whole: Duration,
    /// Uploads of one organization at a time; more of them wait.
    pub uploads_each: usize,
    /// Lists that are read at a time.
    pub places: usize,
    /// Lists of one organization that are read at a time: fewer than all, so that others have a place.
    pub places_each: usize,
    /// Memory that all lists together may take.
    pub memory_bytes: usize,
}

impl Default for ImportBounds {
    fn default() -> Self {
        Self {
            bytes: 10 << 20,
            rows: 200_000,
            idle: Duration::from_secs(15),
            whole: Duration::from_secs(300),
            uploads_each: 8,
            places: 4,
            places_each: 2,
            memory_bytes: 256 << 20,
        }
    }
}

impl From<ImportSettings> for ImportBounds {
    fn from(settings: ImportSettings) -> Self {
        Self {
            bytes: (settings.import_mib as usize) << 20,
            rows: settings.import_rows as usize,
            idle: Duration::from_secs(settings.import_idle_seconds.into()),
            whole: Duration::from_secs(settings.import_seconds.into()),
            uploads_each: settings.import_uploads_each as usize,
            places: settings.import_places as usize,
            places_each: settings.import_places_each as usize,
            memory_bytes: (settings.import_memory_mib as usize) << 20,
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Whole {
        #[command(flatten)]
        imports: ImportSettings,
    }

    fn bounds(given: &[&str]) -> Result<ImportBounds, clap::Error> {
        let whole = Whole::try_parse_from(["test"].iter().chain(given))?;
        Ok(whole.imports.into())
    }

    #[test]
    fn who_says_nothing_has_the_bounds_that_are_documented() {
        assert_eq!(bounds(&[]).unwrap(), ImportBounds::default());
        let given =
            bounds(&["--import-mib", "1", "--import-memory-mib", "64", "--import-seconds", "60"]).unwrap();
        let expected = ImportBounds {
            bytes: 1 << 20,
            memory_bytes: 64 << 20,
            whole: Duration::from_secs(60),
            ..ImportBounds::default()
        };
        assert_eq!(given, expected);
        for wrong in [["--import-mib", "11"], ["--import-places", "0"], ["--import-memory-mib", "1"]] {
            assert!(bounds(&wrong).is_err(), "{wrong:?}");
        }
    }
}
