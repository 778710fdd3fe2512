//! The place of the settings: a folder, or a bucket of any store that speaks S3.

use std::{fs, os::unix::fs::DirBuilderExt, path::PathBuf, sync::Arc, time::Duration};

use anyhow::Context;
use chrono::{DateTime, Utc};
use object_store::{
    ObjectStore, RetryConfig, aws::AmazonS3Builder, local::LocalFileSystem, prefix::PrefixStore,
};

use crate::settings::DocumentSettings;

/// An opened place. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Place {
    pub(crate) store: Arc<dyn ObjectStore>,
    /// When it is a folder.
    pub(crate) folder: Option<PathBuf>,
}

impl Place {
    /// Opens the place; makes the folder when it is one.
    pub(crate) fn open(settings: &DocumentSettings) -> anyhow::Result<Self> {
        if let Some(place) = settings.place.strip_prefix("s3://") {
            return Ok(Self { store: bucket(place, settings)?, folder: None });
        }
        let folder = PathBuf::from(&settings.place);
        let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(&folder);
        made.with_context(|| format!("the folder {}", folder.display()))?;
        let store = LocalFileSystem::new_with_prefix(&folder)?.with_fsync(true);
        Ok(Self { store: Arc::new(store), folder: Some(folder) })
    }
}

fn bucket(place: &str, settings: &DocumentSettings) -> anyhow::Result<Arc<dyn ObjectStore>> {
    let (bucket, prefix) = place.split_once('/').unwrap_or((place, ""));
    let retry =
        RetryConfig { max_retries: 3, retry_timeout: Duration::from_secs(20), ..RetryConfig::default() };
    let mut builder = match (&settings.s3_access_key_id, &settings.s3_secret_access_key) {
        (Some(id), Some(secret)) => {
            AmazonS3Builder::new().with_access_key_id(id).with_secret_access_key(secret.expose())
        }
        (None, None) => AmazonS3Builder::from_env(),
        _ => anyhow::bail!("an access key has an id and a secret"),
    };
    // Not every store deletes in bulk; every store deletes.
    builder = builder.with_bucket_name(bucket).with_retry(retry).with_disable_bulk_delete(true);
    if let Some(region) = &settings.s3_region {
        builder = builder.with_region(region);
    }
    if let Some(endpoint) = &settings.s3_endpoint {
        builder = builder.with_endpoint(endpoint).with_allow_http(endpoint.starts_with("http://"));
    }
    let store = builder.build().context("the bucket")?;
    Ok(match prefix {
        "" => Arc::new(store),
        prefix => Arc::new(PrefixStore::new(store, prefix)),
    })
}

/// Removes the files of uploads that a crash ended before that instant; how many. Such a file has the object's name and
/// `#<number>` until it is whole.
pub(crate) fn remove_unfinished(folder: &std::path::Path, before: DateTime<Utc>) -> std::io::Result<usize> {
    let mut removed = 0;
    let spread = match fs::read_dir(folder) {
        // Nothing was written yet.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(0),
        spread => spread?,
    };
    for spread in spread {
        let spread = spread?;
        if !spread.file_type()?.is_dir() {
            continue;
        }
        for file in fs::read_dir(spread.path())? {
            let file = file?;
            let unfinished = file.file_name().to_str().and_then(|name| name.split_once('#')).is_some();
            if unfinished && DateTime::<Utc>::from(file.metadata()?.modified()?) < before {
                fs::remove_file(file.path())?;
                removed += 1;
            }
        }
    }
    Ok(removed)
}
