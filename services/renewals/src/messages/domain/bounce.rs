//! A bounce of a mail (RFC 3464): whether it is one, of which message, and what it says of the address.

use chrono::TimeDelta;
use mail_parser::{Message, MessageParser, MimeHeaders, PartType};
use uuid::Uuid;

/// In a return address, where the message's own id stands.
const MESSAGE: &str = "{message}";

/// A bounce names at most this many recipients: those of one mail.
const MOST_RECIPIENTS: usize = 100;

/// What a mail to the envelope sender turns out to be; the strongest that it says of a recipient comes last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum BounceKind {
    /// Somebody is away.
    AutoReply,
    /// It is still being tried.
    Delayed,
    /// Refused for policy: the address is good.
    Policy,
    /// The mailbox is full, or its server was away.
    Soft,
    /// There is no such address.
    Hard,
}

impl BounceKind {
    /// Whether the message did not arrive.
    pub(crate) fn is_undelivered(self) -> bool {
        self >= Self::Policy
    }
}

impl BounceKind {
    /// As it is kept and told, of a message that did not arrive.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::AutoReply => "AUTO_REPLY",
            Self::Delayed => "DELAYED",
            Self::Policy => "POLICY",
            Self::Soft => "SOFT",
            Self::Hard => "HARD",
        }
    }

    /// Whether the address is not to be written to any more, after so many soft failures within [`COUNTED`], this one
    /// among them.
    pub(crate) fn makes_suspect(self, soft_failures: i64) -> bool {
        match self {
            Self::Hard => true,
            Self::Soft => soft_failures >= 3,
            Self::Policy | Self::Delayed | Self::AutoReply => false,
        }
    }
}

/// For how long a failure that may pass counts.
pub(crate) const COUNTED: TimeDelta = TimeDelta::days(14);

/// What a mail becomes of whose recipients so many were not reached: undelivered once it reached none. None when it is not
/// the server's any more.
pub(crate) fn becomes(state: &str, unreached: usize, recipients: usize) -> Option<&str> {
    match state {
        "SUBMITTED" | "ACCEPTED" | "UNKNOWN" if unreached >= recipients => Some("UNDELIVERED"),
        "SUBMITTED" | "ACCEPTED" | "UNKNOWN" => Some(state),
        _ => None,
    }
}

/// What a mail server says of a mail.
#[derive(PartialEq, Eq)]
pub(crate) struct Bounce {
    pub(crate) kind: BounceKind,
    /// The Message-ID of the mail that came back.
    pub(crate) mail_id: Option<String>,
    /// Each recipient by itself.
    pub(crate) recipients: Vec<Reported>,
}

/// What is said of a recipient.
#[derive(PartialEq, Eq)]
pub(crate) struct Reported {
    pub(crate) address: String,
    /// Where we sent it, when it was forwarded from there.
    pub(crate) original: Option<String>,
    pub(crate) kind: BounceKind,
}

/// Reads a mail to a return address. None when it is no mail, or says nothing.
pub(crate) fn read(eml: &[u8]) -> Option<Bounce> {
    let mail = MessageParser::default().parse(eml)?;
    let recipients = reported(&mail);
    if recipients.is_empty() {
        let auto = mail.header_raw("Auto-Submitted").is_some_and(|value| value.trim() != "no");
        return auto.then_some(Bounce { kind: BounceKind::AutoReply, mail_id: None, recipients });
    }
    let kind = recipients.iter().map(|reported| reported.kind).max()?;
    Some(Bounce { kind, mail_id: returned_id(&mail), recipients })
}

/// The recipients of every part `message/delivery-status`, of which something is said.
fn reported(mail: &Message<'_>) -> Vec<Reported> {
    let mut recipients = Vec::new();
    for part in &mail.parts {
        if !is_type(part, "message", "delivery-status") {
            continue;
        }
        let text = String::from_utf8_lossy(part.contents()).replace("\r\n", "\n");
        // The first group is of the whole mail.
        let said = text.split("\n\n").filter_map(|group| recipient(&Fields::of(group)));
        recipients.extend(said.take(MOST_RECIPIENTS - recipients.len().min(MOST_RECIPIENTS)));
    }
    recipients
}

fn recipient(fields: &Fields) -> Option<Reported> {
    let address = |name| {
        let field = fields.get(name)?;
        let address = field.rsplit(';').next().unwrap_or(field).trim().trim_matches(['<', '>']);
        Some(address.to_owned())
    };
    let original = address("original-recipient");
    let kind = match fields.get("action")?.trim().to_ascii_lowercase().as_str() {
        "delayed" => BounceKind::Delayed,
        "failed" => failure(
            fields.get("status").unwrap_or_default(),
            &fields.get("diagnostic-code").unwrap_or_default().to_lowercase(),
        ),
        _ => return None,
    };
    let address = address("final-recipient").or_else(|| original.clone())?;
    Some(Reported { address, original, kind })
}

/// By the enhanced status (RFC 3463); where that says nothing, by the words of the server.
fn failure(status: &str, diagnosis: &str) -> BounceKind {
    const NOBODY: [&str; 6] = [
        "user unknown",
        "unknown user",
        "no such user",
        "mailbox not found",
        "does not exist",
        "unknown recipient",
    ];
    const FULL: [&str; 3] = ["mailbox full", "over quota", "quota exceeded"];
    const POLICY: [&str; 4] = ["spam", "blacklist", "blocked", "policy"];
    let says = |words: &[&str]| words.iter().any(|word| diagnosis.contains(word));
    let mut digits = status.trim().split('.');
    let (class, subject, detail) = (digits.next(), digits.next(), digits.next());
    match (class.unwrap_or_default(), subject.unwrap_or_default(), detail.unwrap_or_default()) {
        // 5.1.7 and 5.1.8 are of the sender's address.
        (_, "7", _) | (_, "1", "7" | "8") => BounceKind::Policy,
        ("4", ..) | (_, "2", "2") => BounceKind::Soft,
        ("5", "1", _) | ("5", "2", "1") | ("5", "4", "4") => BounceKind::Hard,
        _ if says(&NOBODY) => BounceKind::Hard,
        _ if says(&FULL) => BounceKind::Soft,
        _ if says(&POLICY) => BounceKind::Policy,
        _ => BounceKind::Soft,
    }
}

/// The Message-ID of the mail that came back: whole, or its headers alone.
fn returned_id(mail: &Message<'_>) -> Option<String> {
    mail.parts.iter().find_map(|part| match &part.body {
        PartType::Message(returned) => returned.message_id().map(|id| format!("<{id}>")),
        _ if is_type(part, "text", "rfc822-headers") || is_type(part, "message", "rfc822-headers") => {
            let headers = String::from_utf8_lossy(part.contents());
            Fields::of(&headers.replace("\r\n", "\n")).get("message-id").map(str::to_owned)
        }
        _ => None,
    })
}

/// The message that a Message-ID of our own making names: `<uuid@domain>`.
pub(crate) fn own_id(mail_id: &str, domain: &str) -> Option<Uuid> {
    let (local, of) = mail_id.trim().trim_matches(['<', '>']).rsplit_once('@')?;
    of.eq_ignore_ascii_case(domain).then(|| Uuid::parse_str(local).ok()).flatten()
}

/// The return address of a message, where it has one of its own: servers return it whatever else they say.
pub(crate) fn return_address(pattern: &str, message_id: Uuid) -> String {
    pattern.replace(MESSAGE, &message_id.simple().to_string())
}

/// The message whose return address this is.
pub(crate) fn returned_to(pattern: &str, address: &str) -> Option<Uuid> {
    let (before, after) = pattern.split_once(MESSAGE)?;
    let (before, after) = (before.to_lowercase(), after.to_lowercase());
    let address = address.trim().to_lowercase();
    let id = address.strip_prefix(&before)?.strip_suffix(&after)?;
    Uuid::try_parse(id).ok()
}

fn is_type(part: &mail_parser::MessagePart<'_>, kind: &str, subtype: &str) -> bool {
    part.content_type().is_some_and(|found| {
        let has = |subtype: &str| found.subtype().is_some_and(|found| found.eq_ignore_ascii_case(subtype));
        found.ctype().eq_ignore_ascii_case(kind) && has(subtype)
    })
}

/// A group of header fields, unfolded.
struct Fields(Vec<(String, String)>);

impl Fields {
    fn of(group: &str) -> Self {
        let mut fields: Vec<(String, String)> = Vec::new();
        for line in group.lines() {
            if let (true, Some((_, value))) = (line.starts_with([' ', '\t']), fields.last_mut()) {
                value.push(' ');
                value.push_str(line.trim());
            } else if let Some((name, value)) = line.split_once(':') {
                fields.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
            }
        }
        Self(fields)
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }
}
