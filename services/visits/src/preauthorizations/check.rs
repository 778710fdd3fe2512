//! Check what a request for a pre-authorization would get: it is decided like one, and not kept.

use careway_contract::visits::v1::{CheckPreauthorizationRequest, CheckPreauthorizationResponse};
use careway_kernel::{Violations, VisitId};
use careway_service::{AuditEntry, Call, Keyed, path_id};

use super::{
    domain::{
        Urgency,
        line::{Need, PreauthorizationLine},
        transitions::may_ask,
    },
    request_parts::{Writing, all_planned, lines, write},
    settle::PreauthorizationDraft,
    view,
};
use crate::{
    App,
    service_lines::{
        self,
        domain::requested::LineRequest,
        settle::{AdjudicationContext, new_lines},
        store::facts::FactsQuery,
    },
    texts::Justification,
};

pub(crate) async fn check_preauthorization(
    app: &App,
    call: &Call,
    request: CheckPreauthorizationRequest,
) -> Keyed<CheckPreauthorizationResponse> {
    let (facility, person) = (call.caller.facility()?, call.caller.person_or_client()?);
    let visit: VisitId = path_id("visit", &request.visit_id)?;
    let mut v = Violations::default();
    let asked = lines(&mut v, &request.lines);
    let (asked,) = v.all((asked,))?;

    let (care, now) = {
        // What is locked is let go at the end of the block, with nothing changed.
        let mut tx = app.db.begin(call).await?;
        let now = tx.now();
        let wanted: Vec<_> = asked.iter().map(LineRequest::query).collect();
        let query = FactsQuery { visit, party: Some(facility), owner: None, lines: &wanted };
        (AdjudicationContext::lock(app, &mut tx, &query, now).await?, now)
    };
    may_ask(&care.facts.visit, now, app.context.settings.grace())?;
    let lines = new_lines(app, all_planned(&care, asked)?);
    let writing = Writing {
        person,
        sequence: 0,
        urgency: Urgency::Standard,
        justification: Justification::default(),
        documents: Vec::new(),
    };
    let written = write(app, &care, &lines, writing, now)?;
    let (member, currency) = (written.member, written.currency);
    let mut case = PreauthorizationDraft::new(care, lines);
    let mut foreseen = case.settle(written.submit(now)?, now)?;
    case.follow(&mut foreseen);

    let entry = AuditEntry {
        action: "preauthorization.check",
        member: Some(member),
        visit: Some(visit),
        ..Default::default()
    };
    app.audit.read(call, entry).await?;
    let needed = |line: &PreauthorizationLine| line.need.is_some_and(Need::is_needed);
    Ok(CheckPreauthorizationResponse {
        needed: foreseen.lines.iter().any(needed),
        state: view::state(foreseen.state).into(),
        lines: view::lines(&foreseen, &case.lines, &case.taken),
        total: foreseen.totals.map(|totals| service_lines::view::amounts(currency, &totals)),
        currency: currency.to_string(),
    })
}
