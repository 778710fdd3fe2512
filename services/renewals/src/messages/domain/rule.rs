//! What a rule is: an event, who is told of it, in which template, and when.

use super::about::{About, Event, Reader};

/// One message that an event gives rise to.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// The event, like `visits.VisitAdmitted`.
    pub event: &'static str,
    /// Who is told.
    pub to: To,
    /// In which words.
    pub template: &'static str,
    /// Of which of these events: all conditions hold, over the event's fields.
    pub when: &'static [Condition],
    /// What must still be so when the message is sent, over the `state` of what it is about. A mail server that was away
    /// for a day makes nobody look for a claim that was decided meanwhile.
    pub still: &'static [Condition],
}

/// Whom an event names, as a reader of messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum To {
    /// The member, by SMS.
    Member,
    /// Those at the payer who have this permission, by mail.
    Payer(&'static str),
    /// Those at the facility who have this permission, by mail.
    Facility(&'static str),
    /// Those at the agency who have this permission, by mail.
    Agency(&'static str),
    /// Those at the authority who have this permission, by mail.
    Authority(&'static str),
    /// Those of the organization whose thing it is who have this permission, by mail.
    Organization(&'static str),
    /// Whomever the notice names, by mail.
    Named,
    /// Those of the platform's own people who have this permission, by mail.
    Operators(&'static str),
    /// Whoever wrote it, at the agency, by mail; those who have this permission when that is nobody who can be written to.
    Author(&'static str),
}

/// Something that a field says.
#[derive(Debug, Clone, Copy)]
pub enum Condition {
    /// A bool is true.
    Yes(&'static str),
    /// A bool is false.
    No(&'static str),
    /// A text is one of these.
    In(&'static str, &'static [&'static str]),
    /// A text is none of these.
    NotIn(&'static str, &'static [&'static str]),
}

/// A rule for every such event.
pub(super) const fn rule(event: &'static str, to: To, template: &'static str) -> Rule {
    Rule { event, to, template, when: &[], still: &[] }
}

impl Rule {
    /// Only for events of which this is so.
    pub(super) const fn when(self, when: &'static [Condition]) -> Self {
        Self { when, ..self }
    }

    /// Only as long as this is so.
    pub(super) const fn still(self, still: &'static [Condition]) -> Self {
        Self { still, ..self }
    }

    /// The full protobuf name of its event.
    pub(crate) fn event_type(&self) -> String {
        let (context, name) = self.event.split_once('.').unwrap_or_default();
        format!("careway.{context}.v1.{name}")
    }

    /// What its message is about, when this event gives rise to one.
    pub(crate) fn about(&self, event: &Event) -> Option<About> {
        let applies = self.when.iter().all(|condition| condition.holds(|field| event.field(field)));
        applies.then(|| About {
            context: event.context.clone(),
            kind: event.kind.clone(),
            id: event.id.clone(),
            facility_id: event.field("facility_id").to_owned(),
            state: event.field("state").to_owned(),
            reader: self.to.reader(event),
        })
    }

    /// Whether its message still says what is so, now that what it is about stands in `state`.
    pub(crate) fn still_holds(&self, state: &str) -> bool {
        self.still.iter().all(|condition| condition.holds(|_| state))
    }
}

impl To {
    fn reader(self, event: &Event) -> Reader {
        let staff = |field, permission: &str| Reader::Staff {
            organization_id: event.field(field).to_owned(),
            permission: permission.to_owned(),
        };
        match self {
            Self::Member => Reader::Member { member_id: event.field("member_id").to_owned() },
            Self::Payer(permission) => staff("payer_id", permission),
            Self::Facility(permission) => staff("facility_id", permission),
            Self::Agency(permission) => staff("agency_id", permission),
            Self::Authority(permission) => staff("authority_id", permission),
            Self::Organization(permission) => staff("organization_id", permission),
            Self::Operators(permission) => staff("operator_id", permission),
            Self::Named => Reader::Named,
            Self::Author(permission) => Reader::Author {
                organization_id: event.field("agency_id").to_owned(),
                account_id: event.field("author_id").to_owned(),
                permission: permission.to_owned(),
            },
        }
    }
}

impl Condition {
    /// The field that it looks at.
    pub(crate) fn field(self) -> &'static str {
        match self {
            Self::Yes(field) | Self::No(field) | Self::In(field, _) | Self::NotIn(field, _) => field,
        }
    }

    fn holds<'a>(self, value: impl Fn(&str) -> &'a str) -> bool {
        let value = value(self.field());
        match self {
            Self::Yes(_) => value == "true",
            Self::No(_) => value != "true",
            Self::In(_, values) => values.contains(&value),
            Self::NotIn(_, values) => !values.contains(&value),
        }
    }
}
