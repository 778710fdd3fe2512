//! Change what a case says of itself.

use careway_contract::cases::v1::{UpdateCaseRequest, UpdateCaseResponse};
use careway_kernel::Violations;
use careway_service::{AuditEntry, Call, Error, Keyed, Result};

use super::{
    domain::change::CaseChanges,
    keep::keep,
    party::{actor, case_key, powers, scope},
    store::find::lock_case,
    view, words,
};
use crate::App;

const CHANGEABLE: [&str; 5] = ["subject", "identifiers", "external_id", "topic", "severity"];

pub(crate) async fn update_case(
    app: &App,
    call: &Call,
    request: UpdateCaseRequest,
) -> Keyed<UpdateCaseResponse> {
    let (scope, key) = (scope(call)?, case_key(&request.case_id)?);
    call.expected_version()?;
    let changes = parse(&request)?;

    let mut tx = app.db.begin(call).await?;
    let locked = lock_case(&mut tx, &app.case_keys, scope, &key).await?;
    let case = locked.ok_or(Error::not_found("case"))?;
    call.check_version(case.version)?;
    let step = case.change(changes, &actor(call), tx.now())?;
    let mut step = step.acting_for(call.caller.organization()?);
    keep(app, &mut tx, &mut step).await?;
    tx.audit(AuditEntry { action: "case.update", ..Default::default() });
    tx.commit(UpdateCaseResponse { case: Some(view::case(&step.case, powers(call))) }).await
}

fn parse(request: &UpdateCaseRequest) -> Result<CaseChanges> {
    let fields = request.update_mask.as_ref().map(|mask| mask.paths.as_slice()).unwrap_or_default();
    let given = |name: &str| fields.iter().any(|field| field == name);
    let mut v = Violations::default();
    for field in fields {
        v.check(field, CHANGEABLE.contains(&field.as_str()), "cannot be changed");
    }
    let changes = CaseChanges {
        subject: given("subject").then(|| words::subject(&mut v, &request.subject)).flatten(),
        identifiers: given("identifiers").then(|| words::identifiers(&mut v, &request.identifiers)).flatten(),
        external_id: given("external_id").then(|| words::external_id(&mut v, &request.external_id)).flatten(),
        topic: given("topic").then(|| words::topic(&mut v, &request.topic)).flatten(),
        severity: given("severity")
            .then(|| v.present("severity", view::parse_severity(request.severity())))
            .flatten(),
    };
    v.finish()?;
    Ok(changes)
}
