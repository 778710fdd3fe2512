//! Where things are: the root of this checkout, its private folder `.dev`, and the locks that guard it.

use std::{
    env,
    fs::{self, File, TryLockError},
    io,
    path::{Path, PathBuf},
};

use anyhow::Context;

use crate::say;

/// One working copy of the repository.
pub(crate) struct Checkout {
    root: PathBuf,
    private: PathBuf,
}

impl Checkout {
    /// The checkout that holds the current folder, else the one `cargo run` was called for.
    pub(crate) fn find() -> anyhow::Result<Self> {
        let starts = [env::current_dir().ok(), env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from)];
        let root = starts
            .iter()
            .flatten()
            .flat_map(|start| start.ancestors())
            .find(|folder| folder.join("crates/dev/Cargo.toml").is_file())
            .context("this is not a Careway checkout: no folder above has crates/dev/Cargo.toml")?;
        Ok(Self::at(root))
    }

    /// The checkout with this root.
    pub(crate) fn at(root: &Path) -> Self {
        Self { root: root.to_owned(), private: root.join(".dev") }
    }

    /// The same checkout as `cargo dev bench` uses it: a private folder inside this one's, with servers and data of their
    /// own, beside those of `cargo dev up`.
    pub(crate) fn bench(&self) -> Self {
        Self { root: self.root.clone(), private: self.private.join("bench") }
    }

    /// The folder of the workspace's Cargo.toml.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The folder everything private to this checkout lives in, made when it is missing.
    pub(crate) fn private(&self) -> anyhow::Result<PathBuf> {
        let folder = self.private_path();
        fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        Ok(folder)
    }

    /// The same folder, whether or not it is there.
    pub(crate) fn private_path(&self) -> PathBuf {
        self.private.clone()
    }

    /// Where downloaded tools are, for whatever is apart as well.
    pub(crate) fn tools(&self) -> PathBuf {
        self.root.join(".dev/tools")
    }

    /// A folder inside the private one, made when it is missing.
    pub(crate) fn folder(&self, name: &str) -> anyhow::Result<PathBuf> {
        let folder = self.private()?.join(name);
        fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        Ok(folder)
    }

    /// The file one program's output goes to.
    pub(crate) fn log(&self, name: &str) -> anyhow::Result<PathBuf> {
        Ok(self.folder("logs")?.join(format!("{name}.log")))
    }

    /// Where the platform takes mail by LMTP.
    pub(crate) fn lmtp(&self) -> PathBuf {
        self.private_path().join("lmtp")
    }

    /// The messages the platform captured.
    pub(crate) fn inbox(&self) -> PathBuf {
        self.private_path().join("inbox")
    }

    /// What tells this checkout from another on the same machine; the same in every run and build.
    pub(crate) fn key(&self) -> u64 {
        let place = if self.private == self.root.join(".dev") { &self.root } else { &self.private };
        let place = place.as_os_str().as_encoded_bytes();
        // FNV-1a: std's hasher may change between Rust versions, and the key names folders that outlive builds.
        place.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
        })
    }

    /// Keeps other `cargo dev` processes of this checkout from changing servers at the same time.
    pub(crate) fn lock(&self) -> anyhow::Result<File> {
        let folder = self.root.join(".dev");
        fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        let file = open(&folder.join("lock"))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                say::line("waiting for another `cargo dev` of this checkout …");
                file.lock().context("cannot lock .dev/lock")?;
            }
            Err(TryLockError::Error(error)) => return Err(error).context("cannot lock .dev/lock"),
        }
        Ok(file)
    }

    /// The file that a running `cargo dev up` keeps locked, and says in where it is.
    pub(crate) fn up_file(&self) -> PathBuf {
        self.private_path().join("up.json")
    }
}

/// Opens a file to be locked; it is neither truncated nor removed by that.
pub(crate) fn open(path: &Path) -> anyhow::Result<File> {
    File::options()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)
        .with_context(|| format!("cannot open {}", path.display()))
}

/// Replaces a file's content at once, so that no reader sees half of it.
pub(crate) fn replace(path: &Path, content: &str) -> io::Result<()> {
    let half = path.with_extension("new");
    fs::write(&half, content)?;
    fs::rename(&half, path)
}
