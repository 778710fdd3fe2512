//! A template of reminders: its words by purpose, channel and language, in versions that never change.

pub(crate) mod body;
pub(crate) mod built_in;
mod lines;
pub(crate) mod plain_text;
pub(crate) mod refusal;
#[cfg(test)]
mod tests;
pub(crate) mod values;
pub(crate) mod words;

use careway_kernel::{Language, OrganizationId, TemplateId};
use chrono::{DateTime, Utc};

use self::{
    body::Body,
    lines::Lines,
    refusal::TemplateRefusal,
    values::{ValueRefusal, Values},
    words::{Cost, Rendered, Words},
};
use crate::messages::Channel;

/// What a template is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Up to a card's last day.
    Due,
    /// After it.
    Lapsed,
}

impl Purpose {
    pub(crate) const ALL: [Self; 2] = [Self::Due, Self::Lapsed];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Due => "DUE",
            Self::Lapsed => "LAPSED",
        }
    }
}

/// A template in one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Template {
    pub(crate) id: TemplateId,
    /// Whose it is; nobody's when it is built in.
    pub(crate) owner: Option<OrganizationId>,
    pub(crate) version: i64,
    pub(crate) content: TemplateContent,
    /// When this version was made; a built-in one was always there.
    pub(crate) changed_at: Option<DateTime<Utc>>,
}

/// What its author gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TemplateContent {
    pub(crate) name: String,
    pub(crate) purpose: Purpose,
    pub(crate) channel: Channel,
    pub(crate) language: Language,
    /// Of an e-mail; empty of an SMS.
    pub(crate) subject: String,
    /// Without diacritics; of an SMS alone.
    pub(crate) plain_body: String,
    pub(crate) marked_body: String,
}

/// What is sent for one card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Composed {
    Sms(Rendered),
    Email { subject: String, text: String },
}

impl TemplateContent {
    /// Whether every body is right in itself.
    pub(crate) fn check(&self) -> Result<(), TemplateRefusal> {
        self.bodies().map(drop)
    }

    /// Its bodies as they are read once for many cards.
    pub(crate) fn bodies(&self) -> Result<Bodies, TemplateRefusal> {
        Ok(match self.channel {
            Channel::Sms => Bodies::Sms(Words::parse(&self.plain_body, &self.marked_body)?),
            Channel::Email => {
                Bodies::Email { subject: Body::parse(&self.subject)?, text: Body::parse(&self.marked_body)? }
            }
        })
    }

    /// The words for one card.
    pub(crate) fn compose(&self, values: &Values, cost: Cost) -> Result<Composed, Uncomposable> {
        Ok(self.bodies()?.compose(values, cost)?)
    }
}

/// The bodies of a template, right in themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Bodies {
    Sms(Words),
    Email { subject: Body, text: Body },
}

impl Bodies {
    /// The words for one card.
    pub(crate) fn compose(&self, values: &Values, cost: Cost) -> Result<Composed, ValueRefusal> {
        Ok(match self {
            Self::Sms(words) => Composed::Sms(words.render(values, cost)?),
            Self::Email { subject, text } => {
                let lines = Lines::read(values, [subject, text])?;
                Composed::Email { subject: lines.marked(subject), text: lines.marked(text) }
            }
        })
    }
}

/// Why there are no words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Uncomposable {
    /// The template is not right; it should never have been saved.
    #[error(transparent)]
    Template(#[from] TemplateRefusal),
    /// A value of this card.
    #[error(transparent)]
    Value(#[from] ValueRefusal),
}
