//! The message folder, read as people read their phones and mailboxes: what came for an address, the code or the link
//! in it.

use std::{
    collections::{BTreeMap, HashSet},
    fs, io,
    path::{Path, PathBuf},
};

use anyhow::Context;
use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::until;

/// A message that the platform sent.
#[derive(Clone, Deserialize)]
pub struct Message {
    /// When, by the platform's clock.
    pub at: DateTime<Utc>,
    /// SMS or EMAIL.
    pub channel: String,
    /// A phone in E.164, or a mail address.
    pub to: String,
    /// Of a mail.
    pub subject: Option<String>,
    /// The words.
    pub text: String,
    /// Of a mail, as they would be sent.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// Where it stands in the inbox.
    #[serde(skip)]
    pub place: Mark,
}

impl Message {
    /// The one-time code in it: six digits that stand alone.
    pub fn code(&self) -> Option<&str> {
        let words = self.text.split_whitespace().filter(|word| !is_link(word));
        words.flat_map(|word| word.split(|it: char| !it.is_ascii_digit())).find(|digits| digits.len() == 6)
    }

    /// The link in it.
    pub fn link(&self) -> Option<&str> {
        self.text.split_whitespace().find(|word| is_link(word))
    }

    /// The token its link ends with.
    pub fn token(&self) -> Option<&str> {
        self.link()?.rsplit(['#', '/']).next()
    }
}

fn is_link(word: &str) -> bool {
    word.starts_with("http://") || word.starts_with("https://")
}

/// The folder that messages are written to, one file each, whose names sort by time.
#[derive(Debug, Clone)]
pub struct Inbox {
    folder: PathBuf,
}

/// A place in the inbox: what comes after it is new.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark(String);

impl Inbox {
    /// The inbox in that folder.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    /// The present end of the inbox.
    pub fn mark(&self) -> anyhow::Result<Mark> {
        Ok(Mark(self.names_after("")?.pop().unwrap_or_default()))
    }

    /// Everything that came for an address, the oldest first.
    pub fn messages_to(&self, address: &str) -> anyhow::Result<Vec<Message>> {
        let mut messages =
            self.names_after("")?.iter().map(|name| self.read(name)).collect::<anyhow::Result<Vec<_>>>()?;
        messages.retain(|message| message.to == address);
        Ok(messages)
    }

    /// The first message for an address after a mark; it is waited for.
    ///
    /// # Errors
    /// Nothing that came in time.
    pub async fn next(&self, after: &Mark, address: &str) -> anyhow::Result<Message> {
        let mut others = HashSet::new();
        until("a message in the inbox", async || {
            for name in self.names_after(&after.0)? {
                if others.contains(&name) {
                    continue;
                }
                let message = self.read(&name)?;
                if message.to == address {
                    return Ok(Some(message));
                }
                others.insert(name);
            }
            Ok(None)
        })
        .await
    }

    fn read(&self, name: &str) -> anyhow::Result<Message> {
        let path = self.folder.join(name);
        let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let message: Message =
            serde_json::from_str(&text).with_context(|| format!("{} is not a message", path.display()))?;
        Ok(Message { place: Mark(name.to_owned()), ..message })
    }

    fn names_after(&self, after: &str) -> anyhow::Result<Vec<String>> {
        let mut names =
            names(&self.folder).with_context(|| format!("cannot read {}", self.folder.display()))?;
        names.retain(|name| name.as_str() > after);
        names.sort();
        Ok(names)
    }
}

/// A folder that is not there yet has no messages; files whose names begin with a dot are still being written.
fn names(folder: &Path) -> io::Result<Vec<String>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let names = entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()));
    let names: io::Result<Vec<String>> = names.collect();
    Ok(names?.into_iter().filter(|name| name.ends_with(".json") && !name.starts_with('.')).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(text: &str) -> Message {
        let (channel, to) = ("SMS".to_owned(), "+250788000001".to_owned());
        Message {
            at: DateTime::UNIX_EPOCH,
            channel,
            to,
            subject: None,
            text: text.to_owned(),
            headers: BTreeMap::new(),
            place: Mark::default(),
        }
    }

    #[test]
    fn a_code_is_six_digits_that_stand_alone() {
        let code =
            message("Careway: 042715 is your code to check in at Imanzi Hospital. Valid for 5 minutes.");
        assert_eq!(code.code(), Some("042715"));
        assert_eq!(message("visit V26-0001234-13, https://careway.example/d/a-042715-b").code(), None);
    }

    #[test]
    fn a_token_is_what_the_link_ends_with() {
        assert_eq!(message("Go to\nhttp://localhost:8080/invitation#q83vEj\nsoon").token(), Some("q83vEj"));
        assert_eq!(message("Not you? https://careway.example/d/AbC").token(), Some("AbC"));
        assert_eq!(message("nothing to open").token(), None);
    }

    #[test]
    fn a_folder_that_is_not_there_is_empty() {
        let inbox = Inbox::new(std::env::temp_dir().join("careway-no-such-inbox"));
        assert!(inbox.messages_to("+250788000001").unwrap().is_empty());
        assert_eq!(inbox.mark().unwrap().0, "");
    }
}
