//! The table `data_issue`. What agents and authorities write is sealed.

use careway_kernel::{DataIssueId, Names, OrganizationId, ParticipantId, Redacted};
use careway_service::{Error, Result, one_of};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::domain::{DataIssue, IssueField, IssueState, Resolved};
use crate::contact_keys::{Column, ContactKeys};

/// An issue, and whose data it is about.
#[derive(Debug, Clone)]
pub(crate) struct ShownIssue {
    pub(crate) issue: DataIssue,
    pub(crate) bhxh_number: String,
    pub(crate) full_name: Names,
}

/// Which issues, the newest first.
#[derive(Debug, Clone)]
pub(crate) struct IssueFilter {
    pub(crate) party: OrganizationId,
    pub(crate) state: Option<IssueState>,
    pub(crate) participant: Option<ParticipantId>,
    pub(crate) agency: Option<OrganizationId>,
    /// Older than this one.
    pub(crate) before: Option<DataIssueId>,
    pub(crate) limit: i64,
}

#[derive(sqlx::FromRow)]
struct Row {
    data_issue_id: Uuid,
    participant_id: Uuid,
    authority_id: Uuid,
    agency_id: Uuid,
    field: String,
    note: Vec<u8>,
    state: String,
    answer: Option<Vec<u8>>,
    reported_by: String,
    reported_at: DateTime<Utc>,
    resolved_by: Option<String>,
    resolved_at: Option<DateTime<Utc>>,
    version: i64,
    bhxh_number: String,
    full_name: String,
}

impl Row {
    fn open(self, keys: &ContactKeys) -> Result<ShownIssue> {
        let id = self.data_issue_id;
        let answer = self.answer.map(|sealed| keys.open(Column::IssueAnswer, id, &sealed)).transpose()?;
        let issue = DataIssue {
            id: DataIssueId::from_uuid(id),
            participant: ParticipantId::from_uuid(self.participant_id),
            authority: OrganizationId::from_uuid(self.authority_id),
            agency: OrganizationId::from_uuid(self.agency_id),
            field: one_of("data_issue.field", &self.field, &IssueField::ALL, IssueField::as_str)?,
            note: Redacted::new(keys.open(Column::IssueNote, id, &self.note)?),
            state: one_of("data_issue.state", &self.state, &IssueState::ALL, IssueState::as_str)?,
            answer: answer.map(Redacted::new),
            reported_by: self.reported_by,
            reported_at: self.reported_at,
            resolved: self.resolved_by.zip(self.resolved_at).map(|(by, at)| Resolved { by, at }),
            version: self.version,
        };
        let full_name = Names::parse(&self.full_name).map_err(Error::internal)?;
        Ok(ShownIssue { issue, bhxh_number: self.bhxh_number, full_name })
    }
}

/// A new issue.
pub(crate) async fn insert_issue(
    conn: &mut PgConnection,
    keys: &ContactKeys,
    issue: &DataIssue,
) -> Result<()> {
    let note = keys.seal(Column::IssueNote, issue.id.uuid(), issue.note.expose())?;
    sqlx::query(
        "insert into data_issue (data_issue_id, participant_id, authority_id, agency_id, field, note, state, reported_by,
            reported_at, version)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(issue.id.uuid())
    .bind(issue.participant.uuid())
    .bind(issue.authority.uuid())
    .bind(issue.agency.uuid())
    .bind(issue.field.as_str())
    .bind(note)
    .bind(issue.state.as_str())
    .bind(&issue.reported_by)
    .bind(issue.reported_at)
    .bind(issue.version)
    .execute(conn)
    .await?;
    Ok(())
}

/// An issue with its answer.
pub(crate) async fn update_issue(
    conn: &mut PgConnection,
    keys: &ContactKeys,
    issue: &DataIssue,
) -> Result<()> {
    let id = issue.id.uuid();
    let answer = issue.answer.as_ref().map(|answer| keys.seal(Column::IssueAnswer, id, answer.expose()));
    sqlx::query(
        "update data_issue set state = $2, answer = $3, resolved_by = $4, resolved_at = $5, version = $6
         where data_issue_id = $1",
    )
    .bind(id)
    .bind(issue.state.as_str())
    .bind(answer.transpose()?)
    .bind(issue.resolved.as_ref().map(|resolved| resolved.by.as_str()))
    .bind(issue.resolved.as_ref().map(|resolved| resolved.at))
    .bind(issue.version)
    .execute(conn)
    .await?;
    Ok(())
}

macro_rules! select_issue {
    ($rest:literal) => {
        concat!(
            "select i.*, p.bhxh_number, p.full_name from data_issue i
             join participant p on p.participant_id = i.participant_id ",
            $rest
        )
    };
}

/// An issue that the organization is a party to.
pub(crate) async fn find_issue(
    conn: &mut PgConnection,
    keys: &ContactKeys,
    party: OrganizationId,
    id: DataIssueId,
) -> Result<Option<ShownIssue>> {
    let row: Option<Row> = sqlx::query_as(select_issue!(
        "where i.data_issue_id = $1 and (i.agency_id = $2 or i.authority_id = $2)"
    ))
    .bind(id.uuid())
    .bind(party.uuid())
    .fetch_optional(conn)
    .await?;
    row.map(|row| row.open(keys)).transpose()
}

/// The authority's issue, locked.
pub(crate) async fn lock_issue(
    conn: &mut PgConnection,
    keys: &ContactKeys,
    authority: OrganizationId,
    id: DataIssueId,
) -> Result<Option<ShownIssue>> {
    let row: Option<Row> =
        sqlx::query_as(select_issue!("where i.data_issue_id = $1 and i.authority_id = $2 for update of i"))
            .bind(id.uuid())
            .bind(authority.uuid())
            .fetch_optional(conn)
            .await?;
    row.map(|row| row.open(keys)).transpose()
}

/// A page of issues.
pub(crate) async fn list_issues(
    conn: &mut PgConnection,
    keys: &ContactKeys,
    filter: &IssueFilter,
) -> Result<Vec<ShownIssue>> {
    let rows: Vec<Row> = sqlx::query_as(select_issue!(
        "where (i.agency_id = $1 or i.authority_id = $1) and ($2::text is null or i.state = $2)
           and ($3::uuid is null or i.participant_id = $3) and ($4::uuid is null or i.agency_id = $4)
           and ($5::uuid is null or i.data_issue_id < $5)
         order by i.data_issue_id desc limit $6"
    ))
    .bind(filter.party.uuid())
    .bind(filter.state.map(IssueState::as_str))
    .bind(filter.participant.map(ParticipantId::uuid))
    .bind(filter.agency.map(OrganizationId::uuid))
    .bind(filter.before.map(DataIssueId::uuid))
    .bind(filter.limit)
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(|row| row.open(keys)).collect()
}

/// What messages tell of an issue.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct ToldIssue {
    pub(crate) state: String,
    /// What the agency is called.
    pub(crate) agency: String,
    pub(crate) code: String,
}

/// Where an issue stands, and which agency reported it.
pub(crate) async fn find_told(conn: &mut PgConnection, id: DataIssueId) -> Result<Option<ToldIssue>> {
    let told = sqlx::query_as(
        "select i.state, coalesce(o.name, '') as agency, a.code from data_issue i
         join agency a on a.authority_id = i.authority_id and a.agency_id = i.agency_id
         left join organization_ref o on o.organization_id = i.agency_id
         where i.data_issue_id = $1",
    );
    Ok(told.bind(id.uuid()).fetch_optional(conn).await?)
}
