//! Change a draft: what is given is replaced as a whole.

use careway_contract::visits::v1::{UpdateClaimRequest, UpdateClaimResponse};
use careway_kernel::{ClaimId, Violations};
use careway_service::{Call, Keyed, Result, path_id};
use uuid::Uuid;

use super::{
    events,
    locked::LockedClaim,
    payments::payment_request::reference,
    store::save::{Row, SaveClaim},
    view, write,
};
use crate::{
    App, documents,
    service_lines::{
        self,
        domain::{ServiceLine, requested::LineRequest},
        settle::new_lines,
    },
};

pub(crate) async fn update_claim(
    app: &App,
    call: &Call,
    request: UpdateClaimRequest,
) -> Keyed<UpdateClaimResponse> {
    let facility = call.caller.facility()?;
    call.expected_version()?;
    let id: ClaimId = path_id("claim", &request.claim_id)?;
    let changes = Changes::parse(request)?;

    let mut tx = app.db.begin(call).await?;
    let found = LockedClaim::of_facility(app, &mut tx, (id, facility), changes.lines.as_deref()).await?;
    let LockedClaim { claim, lines: former, locked } = found;
    call.check_version(claim.version)?;
    let lines = match changes.lines {
        Some(asked) => in_place_of(&former, new_lines(app, locked.care.request(asked)?)),
        None => former.clone(),
    };
    let submit_by = locked.submit_by(&lines);
    let given = changes.reference.clone();
    let reference = changes.reference.unwrap_or_else(|| claim.external_reference.clone());
    let documents = changes.documents.unwrap_or_else(|| claim.documents.clone());
    let claim = claim.edit(reference, documents, submit_by)?;

    let hashes = locked.hashes(app, &lines);
    let kept = |id: &Uuid| lines.iter().any(|line| line.id == *id);
    let removed: Vec<Uuid> = former.iter().map(|line| line.id).filter(|id| !kept(id)).collect();
    let changed = SaveClaim::changed(&claim, (&locked.care.facts.parties, &lines));
    let changed = SaveClaim { row: Row::Edited(&hashes), removed: &removed, ..changed };
    if let Err(error) = write::save(app, &mut tx, changed).await {
        drop(tx);
        let reference = given.flatten();
        return Err(write::named(app, call, (facility, reference.as_deref()), error).await.into());
    }
    write::cite(&mut tx, &claim, &claim.documents).await?;
    events::note(&mut tx, call, &claim, "claim.update");
    let lines: Vec<_> = lines.into_iter().map(Into::into).collect();
    let claim = view::whole(&app.context.keys, &claim, &lines)?;
    tx.commit(UpdateClaimResponse { claim: Some(claim) }).await
}

/// The fields that are given, as they shall be.
struct Changes {
    lines: Option<Vec<LineRequest>>,
    documents: Option<Vec<Uuid>>,
    reference: Option<Option<String>>,
}

impl Changes {
    fn parse(request: UpdateClaimRequest) -> Result<Self> {
        let paths = request.update_mask.map(|mask| mask.paths).unwrap_or_default();
        let given = |field: &str| paths.iter().any(|path| path == field || path == "*");
        let mut v = Violations::default();
        for path in &paths {
            let known = ["lines", "document_ids", "external_reference", "*"].contains(&path.as_str());
            v.check(path, known, "cannot be changed");
        }
        let (lines, documents, named) = (given("lines"), given("document_ids"), given("external_reference"));
        let lines =
            if lines { service_lines::view::parse(&mut v, request.lines).map(Some) } else { Some(None) };
        let documents = if documents {
            documents::citations::parse(&mut v, &request.document_ids).map(Some)
        } else {
            Some(None)
        };
        let reference = if named {
            v.optional("externalReference", request.external_reference.as_str(), reference).map(Some)
        } else {
            Some(None)
        };
        let (lines, documents, reference) = v.all((lines, documents, reference))?;
        Ok(Self { lines, documents, reference })
    }
}

/// New lines under the ids of those whose places they take.
fn in_place_of(former: &[ServiceLine], lines: Vec<ServiceLine>) -> Vec<ServiceLine> {
    let parties = |line: ServiceLine| {
        let id = former.iter().find(|it| it.position == line.position).map_or(line.id, |it| it.id);
        ServiceLine { id, ..line }
    };
    lines.into_iter().map(parties).collect()
}
