//! `cargo dev mail FILE`: gives a mail to the running platform by LMTP, as the mail server of an installation does.

use std::{io::Read, path::PathBuf};

use anyhow::{Context, ensure};
use careway_testing::LmtpClient;

use crate::{checkout::Checkout, say};

/// What to deliver, and where it came from.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The mail as a file (RFC 5322); `-` reads it from the standard input
    file: PathBuf,
    /// The envelope's sender; empty for a report of a mail server
    #[arg(long, default_value = "tanvir@shondhan.example")]
    from: String,
    /// The envelope's recipients
    #[arg(long, default_value = "support@careway.example")]
    to: Vec<String>,
}

/// Delivers the mail, and says what the platform answered for each recipient.
pub(crate) async fn run(checkout: &Checkout, arguments: Arguments) -> anyhow::Result<()> {
    let mail = read(&arguments.file)?;
    let socket = checkout.lmtp();
    let mut platform = LmtpClient::connect(&socket)
        .await
        .context("nobody takes mail: start the platform with `cargo dev up` in another terminal")?;
    let to: Vec<&str> = arguments.to.iter().map(String::as_str).collect();
    let replies = platform.deliver(&arguments.from, &to, &mail).await?;
    platform.quit().await?;
    for (to, reply) in arguments.to.iter().zip(&replies) {
        say::line(format!("{to}: {reply}"));
    }
    ensure!(replies.iter().all(|reply| reply.starts_with('2')), "not every recipient took the mail");
    Ok(())
}

fn read(file: &PathBuf) -> anyhow::Result<Vec<u8>> {
    let mut mail = Vec::new();
    if file.as_os_str() == "-" {
        std::io::stdin().read_to_end(&mut mail).context("the standard input")?;
    } else {
        mail = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    }
    Ok(mail)
}
