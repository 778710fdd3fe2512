//! The source files of a crate, by their path below `src`.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::Context;

/// Source files: of a folder, or made up by a test.
#[derive(Debug, Default)]
pub struct Sources(BTreeMap<String, String>);

impl Sources {
    /// Every Rust file below a folder.
    ///
    /// # Errors
    /// When one cannot be read.
    pub fn read(folder: &Path) -> anyhow::Result<Self> {
        let mut sources = Self::default();
        sources.add(folder, "")?;
        Ok(sources)
    }

    /// Files that exist nowhere, each with its text.
    #[must_use]
    pub fn of(files: &[(&str, &str)]) -> Self {
        Self(files.iter().map(|(file, text)| ((*file).to_owned(), (*text).to_owned())).collect())
    }

    /// A file's text.
    #[must_use]
    pub fn text(&self, file: &str) -> Option<&str> {
        self.0.get(file).map(String::as_str)
    }

    /// The paths of all files, in order.
    pub fn files(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    fn add(&mut self, folder: &Path, below: &str) -> anyhow::Result<()> {
        let entries = fs::read_dir(folder).with_context(|| format!("{} cannot be read", folder.display()))?;
        for entry in entries {
            let path = entry?.path();
            let name = path.file_name().and_then(|name| name.to_str()).context("a name that is no text")?;
            let below = format!("{below}{name}");
            if path.is_dir() {
                self.add(&path, &format!("{below}/"))?;
            } else if name.ends_with(".rs") {
                self.0.insert(below, fs::read_to_string(&path)?);
            }
        }
        Ok(())
    }
}
