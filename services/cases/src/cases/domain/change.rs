//! What a case says of itself may change: its subject, what it concerns elsewhere, and, by support, its topic and severity.

use careway_kernel::Redacted;
use chrono::{DateTime, Utc};

use super::{
    Actor, Case, Identifier, Severity, Side,
    refusal::CaseRefusal,
    step::{CaseEvent, Change, Step},
};

/// What is to be otherwise; `None` stays as it is.
#[derive(Debug, Clone, Default)]
pub(crate) struct CaseChanges {
    pub(crate) subject: Option<Redacted>,
    pub(crate) identifiers: Option<Vec<Identifier>>,
    pub(crate) external_id: Option<Option<String>>,
    pub(crate) topic: Option<String>,
    pub(crate) severity: Option<Severity>,
}

impl Case {
    /// Changes what it says of itself.
    pub(crate) fn change(
        self,
        changes: CaseChanges,
        by: &Actor,
        at: DateTime<Utc>,
    ) -> Result<Step, CaseRefusal> {
        self.not_closed()?;
        if by.side != Side::Support && (changes.topic.is_some() || changes.severity.is_some()) {
            return Err(CaseRefusal::SupportOnly);
        }
        let was = self.clone();
        let mut step = Step::from(self, by, at);
        if let Some(subject) = changes.subject {
            let texts = [was.subject.expose(), subject.expose()].map(str::to_owned);
            step.case.subject = subject;
            step = step.differs(Change::Subject, "subject", texts);
        }
        if let Some(identifiers) = changes.identifiers {
            let texts = [listed(&was.identifiers), listed(&identifiers)];
            step.case.identifiers = identifiers;
            step = step.differs(Change::Identifiers, "identifiers", texts);
        }
        if let Some(external_id) = changes.external_id {
            let texts = [&was.external_id, &external_id].map(|id| id.clone().unwrap_or_default());
            step.case.external_id = external_id;
            step = step.differs(Change::ExternalId, "externalId", texts);
        }
        if let Some(topic) = changes.topic {
            let texts = [was.topic.clone(), topic.clone()];
            step.case.topic = topic;
            step = step.differs(Change::Topic, "topic", texts);
        }
        if let Some(severity) = changes.severity {
            let texts = [was.severity, severity].map(|severity| severity.as_str().to_owned());
            step.case.severity = severity;
            step = step.differs(Change::Severity, "severity", texts);
        }
        Ok(step.done())
    }
}

impl Step {
    fn differs(self, change: Change, name: &'static str, [before, after]: [String; 2]) -> Self {
        if before == after {
            return self;
        }
        let given = |text: String| Some(text).filter(|text| !text.is_empty());
        self.changed(change, given(before), given(after)).says(CaseEvent::Changed(name))
    }
}

fn listed(identifiers: &[Identifier]) -> String {
    let each: Vec<_> = identifiers.iter().map(|one| format!("{}: {}", one.name, one.value)).collect();
    each.join(", ")
}
