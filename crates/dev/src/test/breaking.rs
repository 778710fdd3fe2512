//! `buf breaking`: whoever was built against the contract as it last was can rely on it as it is.

use std::{env, path::Path};

use anyhow::{Context, bail};

use super::run::Run;
use crate::{checkout::Checkout, servers::process};

/// The contract in the commit before the present one. A change that is not committed yet is compared as well.
const BEFORE: &str = "HEAD~1:proto";

/// Compares the contract with the last commit's; the note says where there is none.
pub(super) async fn check(run: &Run<'_>, buf: &Path) -> anyhow::Result<Option<String>> {
    let Some(git) = process::which("git").into_iter().next() else {
        if env::var_os("CI").is_some() {
            bail!("git is not there: the contract cannot be compared with the last commit's");
        }
        return Ok(Some("not compared: git is not there".to_owned()));
    };
    if !has_before(run.checkout(), &git).await? {
        return Ok(Some("not compared: no commit before this one is here".to_owned()));
    }
    // An archive rather than the repository: buf would clone that, and cannot from a worktree.
    let archive = run.checkout().private()?.join("proto-before.tar");
    let archive = archive.to_str().context("the checkout's path is text")?;
    run.program(&git, &["archive", "--output", archive, BEFORE]).await?;
    run.program(buf, &["breaking", "proto", "--against", archive]).await
}

/// False for a first commit, and for a clone of the last one alone.
async fn has_before(checkout: &Checkout, git: &Path) -> anyhow::Result<bool> {
    let mut command = tokio::process::Command::new(git);
    command.args(["rev-parse", "--quiet", "--verify", BEFORE]).current_dir(checkout.root());
    Ok(command.output().await.context("git cannot be run")?.status.success())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[tokio::test]
    async fn a_first_commit_has_nothing_before_it() {
        let root = env::temp_dir().join(format!("careway-dev-breaking-{}", std::process::id()));
        fs::create_dir_all(root.join("proto")).unwrap();
        let git = process::which("git").remove(0);
        let run = |arguments: &[&str]| {
            let mut command = std::process::Command::new(&git);
            command.args(["-c", "user.name=tests", "-c", "user.email=tests@careway.example"]);
            assert!(command.args(arguments).current_dir(&root).output().unwrap().status.success());
        };
        let checkout = Checkout::at(&root);
        run(&["init"]);
        let mut found = vec![has_before(&checkout, &git).await.unwrap()];
        for content in ["first", "second"] {
            fs::write(root.join("proto/a.proto"), content).unwrap();
            run(&["add", "."]);
            run(&["commit", "--message", content]);
            found.push(has_before(&checkout, &git).await.unwrap());
        }
        assert_eq!(found, [false, false, true]);
        fs::remove_dir_all(&root).unwrap();
    }
}
