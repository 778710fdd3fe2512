//! A case's row with what belongs to it, shared by every statement that reads one.

use careway_kernel::{AccountId, CaseId, OrganizationId, Redacted};
use careway_service::{Error, Result, one_of};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use uuid::Uuid;

use super::told::read_told;
use crate::{
    case_keys::{CaseKeys, Column},
    cases::domain::{
        Answers, Case, CaseLink, Channel, Identifier, Kind, Organization, Participant, Role, Severity, State,
    },
    service_levels::domain::clocks::{Clocks, Due},
};

/// Reads a case `c`; what is looked for follows.
pub(super) const SELECT_CASE: &str = "
    select c.*, coalesce(o.name, '') as organization_name, coalesce(o.time_zone, 'UTC') as organization_time_zone,
        p.number as parent_number, p.state as parent_state,
        array(select f.case_id from support_case f where f.follow_up_of = c.case_id order by f.case_id) as follow_up_ids,
        array(select f.number from support_case f where f.follow_up_of = c.case_id order by f.case_id) as follow_up_numbers,
        array(select f.state from support_case f where f.follow_up_of = c.case_id order by f.case_id) as follow_up_states,
        array(select w.account_id from case_participant w where w.case_id = c.case_id
              order by w.added_at, w.account_id, w.role) as people,
        array(select w.role from case_participant w where w.case_id = c.case_id
              order by w.added_at, w.account_id, w.role) as people_roles,
        array(select w.member_of from case_participant w where w.case_id = c.case_id
              order by w.added_at, w.account_id, w.role) as people_of
    from support_case c
    left join organization_ref o on o.organization_id = c.organization_id
    left join support_case p on p.case_id = c.follow_up_of ";

#[derive(sqlx::FromRow)]
pub(super) struct CaseRow {
    pub(super) case_id: Uuid,
    number: String,
    organization_id: Uuid,
    organization_name: String,
    organization_time_zone: String,
    kind: String,
    topic: String,
    form_version: i32,
    severity: String,
    state: String,
    channel: String,
    subject: Vec<u8>,
    answers: Option<Vec<u8>>,
    identifiers: serde_json::Value,
    external_id: Option<String>,
    requester_id: Option<Uuid>,
    assignee_id: Option<Uuid>,
    follow_up_of: Option<Uuid>,
    parent_number: Option<String>,
    parent_state: Option<String>,
    follow_up_ids: Vec<Uuid>,
    follow_up_numbers: Vec<String>,
    follow_up_states: Vec<String>,
    people: Vec<Uuid>,
    people_roles: Vec<String>,
    people_of: Vec<Uuid>,
    thread_root: Uuid,
    opened_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    state_since: DateTime<Utc>,
    solved_at: Option<DateTime<Utc>>,
    closed_at: Option<DateTime<Utc>>,
    reminders: i16,
    wakes_at: Option<DateTime<Utc>>,
    due_at: Option<DateTime<Utc>>,
    warn_at: Option<DateTime<Utc>>,
    answered_at: Option<DateTime<Utc>>,
    unanswered_since: Option<DateTime<Utc>>,
    clock_pauses: Vec<DateTime<Utc>>,
    clocks_told: Vec<String>,
    clock_tells_at: Option<DateTime<Utc>>,
    clock_basis: i64,
    version: i64,
}

impl CaseRow {
    pub(super) fn open(self, keys: &CaseKeys) -> Result<Case> {
        let id = self.case_id;
        let answers = self.answers.map(|sealed| keys.open(Column::Answers, id, &sealed)).transpose()?;
        let parent = self.follow_up_of.zip(self.parent_number).zip(self.parent_state);
        let follow_ups =
            self.follow_up_ids.into_iter().zip(self.follow_up_numbers).zip(self.follow_up_states);
        let people = self.people.into_iter().zip(self.people_roles).zip(self.people_of);
        Ok(Case {
            id: CaseId::from_uuid(id),
            number: self.number,
            organization: Organization {
                id: OrganizationId::from_uuid(self.organization_id),
                name: self.organization_name,
                time_zone: time_zone(&self.organization_time_zone),
            },
            kind: one_of("support_case.kind", &self.kind, Kind::ALL, Kind::as_str)?,
            topic: self.topic,
            form_version: self.form_version,
            severity: one_of("support_case.severity", &self.severity, &Severity::ALL, Severity::as_str)?,
            state: state(&self.state)?,
            channel: one_of("support_case.channel", &self.channel, Channel::ALL, Channel::as_str)?,
            subject: keys.open(Column::Subject, id, &self.subject)?,
            answers: answers.as_ref().map(read_answers).transpose()?.unwrap_or_default(),
            identifiers: read_identifiers(self.identifiers)?,
            external_id: self.external_id,
            requester: self.requester_id.map(AccountId::from_uuid),
            assignee: self.assignee_id.map(AccountId::from_uuid),
            follow_up_of: parent.map(|((id, number), state)| link(id, number, &state)).transpose()?,
            follow_ups: follow_ups
                .map(|((id, number), state)| link(id, number, &state))
                .collect::<Result<_>>()?,
            thread_root: CaseId::from_uuid(self.thread_root),
            participants: people.map(|((id, role), of)| participant(id, &role, of)).collect::<Result<_>>()?,
            opened_at: self.opened_at,
            updated_at: self.updated_at,
            state_since: self.state_since,
            solved_at: self.solved_at,
            closed_at: self.closed_at,
            reminders: self.reminders,
            wakes_at: self.wakes_at,
            clocks: Clocks {
                opened_at: self.opened_at,
                answered_at: self.answered_at,
                unanswered_since: self.unanswered_since,
                pauses: self.clock_pauses,
                told: read_told(&self.clocks_told)?,
                over: self.closed_at.is_some(),
            },
            due: Due { due_at: self.due_at, warn_at: self.warn_at, tell_at: self.clock_tells_at },
            clock_basis: self.clock_basis,
            version: self.version,
        })
    }
}

/// The zone that identity told; UTC for one that this version does not know.
pub(super) fn time_zone(name: &str) -> Tz {
    name.parse().unwrap_or(Tz::UTC)
}

fn state(text: &str) -> Result<State> {
    one_of("support_case.state", text, State::ALL, State::as_str)
}

fn link(id: Uuid, number: String, state_name: &str) -> Result<CaseLink> {
    Ok(CaseLink { id: CaseId::from_uuid(id), number, state: state(state_name)? })
}

fn participant(id: Uuid, role: &str, member_of: Uuid) -> Result<Participant> {
    Ok(Participant {
        account: AccountId::from_uuid(id),
        role: one_of("case_participant.role", role, Role::ALL, Role::as_str)?,
        member_of: OrganizationId::from_uuid(member_of),
    })
}

/// Answers as they are sealed: `{"given": {…}, "unknown": […]}`.
fn read_answers(sealed: &Redacted) -> Result<Answers> {
    let mut whole: serde_json::Value = serde_json::from_str(sealed.expose()).map_err(Error::internal)?;
    let given = Some(whole["given"].take()).filter(|given| !given.is_null());
    let unknown = serde_json::from_value(whole["unknown"].take()).map_err(Error::internal)?;
    Ok(Answers { given: given.map(|given| Redacted::new(given.to_string())), unknown })
}

/// The same, to be sealed.
pub(super) fn write_answers(answers: &Answers) -> Result<Option<Redacted>> {
    if answers.given.is_none() && answers.unknown.is_empty() {
        return Ok(None);
    }
    let given = answers.given.as_ref().map(|given| serde_json::from_str::<serde_json::Value>(given.expose()));
    let given = given.transpose().map_err(Error::internal)?;
    let whole = serde_json::json!({ "given": given, "unknown": answers.unknown });
    Ok(Some(Redacted::new(whole.to_string())))
}

fn read_identifiers(column: serde_json::Value) -> Result<Vec<Identifier>> {
    let pairs: Vec<[String; 2]> = serde_json::from_value(column).map_err(Error::internal)?;
    Ok(pairs.into_iter().map(|[name, value]| Identifier { name, value }).collect())
}

/// The same, as its column has them: pairs of name and value.
pub(super) fn write_identifiers(identifiers: &[Identifier]) -> serde_json::Value {
    identifiers.iter().map(|one| serde_json::json!([one.name, one.value])).collect()
}
