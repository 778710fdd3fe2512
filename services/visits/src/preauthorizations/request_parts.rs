//! What requests of pre-authorizations have in common: their id, texts, lines that may lie ahead; and how one is written.

use careway_contract::visits::v1::CareLineInput;
use careway_kernel::{HumanNumber, PreauthorizationId, Violations};
use careway_service::{Error, Result};
use chrono::{DateTime, Datelike, Days, Utc};
use uuid::Uuid;

use super::domain::{
    Preauthorization, State, Urgency,
    line::{Change, PreauthorizationLine},
};
use crate::{
    App,
    seal::Column,
    service_lines::{
        self,
        domain::{
            ServiceLine,
            requested::{Frame, LineRequest, MOST_LINES, RequestedLine, in_currency},
        },
        settle::AdjudicationContext,
    },
    texts::Justification,
};

/// AdjudicationContext may be planned so far ahead.
const PLANNED_DAYS: u64 = 90;

/// What is written on a new one, beside its lines.
pub(crate) struct Writing {
    pub(crate) person: Uuid,
    pub(crate) sequence: u64,
    pub(crate) urgency: Urgency,
    pub(crate) justification: Justification,
    pub(crate) documents: Vec<Uuid>,
}

/// The pre-authorization that a path names.
pub(crate) fn id(text: &str) -> Result<PreauthorizationId> {
    PreauthorizationId::parse(text).map_err(|_| Error::not_found("pre-authorization"))
}

/// The lines of a request; everything that is wrong with any of them by its path.
pub(crate) fn lines(v: &mut Violations, lines: &[CareLineInput]) -> Option<Vec<LineRequest>> {
    v.check("lines", (1..=MOST_LINES).contains(&lines.len()), format!("must be 1 to {MOST_LINES}"));
    v.each("lines", lines.iter().take(MOST_LINES), line)
}

/// A line that asks, and therefore names no approval.
pub(crate) fn line(v: &mut Violations, line: &CareLineInput) -> Option<LineRequest> {
    let bare = line.preauthorization_number.trim().is_empty();
    v.check("preauthorizationNumber", bare, "must not be given: this asks for one");
    service_lines::view::parse_line(
        v,
        &CareLineInput { preauthorization_number: String::new(), ..line.clone() },
    )
}

/// A line in its visit; its day may lie ahead.
pub(crate) fn planned(
    v: &mut Violations,
    care: &AdjudicationContext,
    line: LineRequest,
) -> Option<RequestedLine> {
    let frame = care.facts.frame(&care.plan);
    let last_day = frame.last_day.checked_add_days(Days::new(PLANNED_DAYS)).unwrap_or(frame.last_day);
    let frame = Frame { last_day, latest: "must not be more than 90 days ahead", ..frame };
    line.within(v, &frame, |_| false)
}

/// All lines of a request in their visit.
pub(crate) fn all_planned(care: &AdjudicationContext, lines: Vec<LineRequest>) -> Result<Vec<RequestedLine>> {
    in_currency(&lines, care.plan.currency)?;
    let mut v = Violations::default();
    let lines = v.each("lines", lines, |v, line| planned(v, care, line));
    Ok(v.all((lines,))?.0)
}

/// A pre-authorization as it is written, before anything happens to it.
pub(crate) fn write(
    app: &App,
    care: &AdjudicationContext,
    lines: &[ServiceLine],
    writing: Writing,
    now: DateTime<Utc>,
) -> Result<Preauthorization> {
    let (facts, id) = (&care.facts, PreauthorizationId::new(&app.clock));
    let admission = facts.visit.admission.as_ref();
    let admission =
        admission.ok_or_else(|| Error::internal(anyhow::anyhow!("care is of an admitted visit")))?;
    let line = |line: &ServiceLine| PreauthorizationLine::new(line.id, line.position, Change::Unchanged);
    let justification = writing.justification.as_str().as_bytes();
    Ok(Preauthorization {
        id,
        version: 0,
        number: HumanNumber::new("A", facts.visit.service_date.year(), writing.sequence).to_string(),
        visit: facts.visit.id,
        visit_number: admission.number.clone(),
        service_type: admission.service_type.clone(),
        facility: facts.parties.facility,
        payer: facts.parties.payer,
        member: facts.parties.member,
        member_number_hash: facts.visit.identifier_hash.clone(),
        coverage: facts.parties.coverage,
        currency: care.plan.currency,
        state: State::Draft,
        urgency: writing.urgency,
        sealed_justification: app.context.keys.seal(Column::Justification, id, justification)?,
        documents: writing.documents,
        created_at: now,
        created_by: writing.person,
        submitted_at: None,
        deadline: None,
        stopped: None,
        escalated_at: None,
        questions: 0,
        unanswered: false,
        decision: None,
        validity: None,
        released: false,
        cancellation: None,
        totals: None,
        lines: lines.iter().map(line).collect(),
    })
}
