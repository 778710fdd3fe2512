//! Change a member: the fields of the mask; what a contact was is remembered.

use careway_contract::identity::v1::{MemberContactChanged, UpdateMemberRequest, UpdateMemberResponse};
use careway_events::{Fact, record};
use careway_kernel::{MemberId, NationalId, Violations};
use careway_service::{AuditEntry, Call, Error, Result};
use uuid::Uuid;

use super::member_message::{self, Reading, parse_id};
use crate::{
    App,
    domain::{
        member::{Change, Facts, Member, eligible},
        member_refusal::MemberRefusal,
    },
    members::home,
    store,
};

pub(crate) async fn update_member(app: &App, call: &Call, request: UpdateMemberRequest) -> Result<UpdateMemberResponse> {
    let payer = call.caller.organization()?;
    call.expected_version()?;
    let id = parse_id("memberId", &request.member_id, MemberId::parse)?;
    let home = home(app, call, payer).await?;
    let today = app.clock.today(home.country.default_time_zone());

    let vault = &app.members.vault;
    let mut tx = app.db.begin(call).await?;
    let member = store::member::lock(&mut tx, vault, payer, id).await?.ok_or_else(|| Error::not_found("member"))?;
    call.check_version(member.version)?;
    let mut violations = Violations::default();
    let read = read(Reading { violations: &mut violations, home, today }, &request, member.facts.clone());
    let (facts, national_ids) = violations.all((read,))?.0;
    let warnings = member_message::warning_messages(&facts, national_ids.as_deref().unwrap_or_default());
    if let Some(principal) = facts.principal.filter(|_| facts.principal != member.facts.principal) {
        let principal = store::member::lock_principal(&mut tx, payer, principal).await?;
        let dependants = store::member::with_dependants(&mut tx, &[id.uuid()]).await?;
        eligible(Some(id), !dependants.is_empty(), principal).map_err(MemberRefusal::from)?;
    }
    let change = member.change_to(&facts, national_ids.as_deref());
    if !change.any {
        return tx.commit(UpdateMemberResponse { member: Some(member_message::member(&member)), warnings }).await;
    }
    let member = member.apply(facts, &change, tx.now(), today, Uuid::now_v7);
    store::member::update(&mut tx, vault, payer, std::slice::from_ref(&member)).await?;
    let fresh = member.national_ids.iter().filter(|held| change.new_national_ids.contains(&held.number));
    let fresh: Vec<_> = fresh.map(|held| (id, held)).collect();
    store::member_national_id::insert(&mut tx, vault, payer, &fresh).await?;
    store::member_national_id::update(&mut tx, [&change], today).await?;
    let contacts: Vec<_> = change.contacts.iter().map(|contact| (id, contact)).collect();
    let (now, by) = (tx.now(), call.caller.subject.to_string());
    store::member_contact::insert(&mut tx, vault, payer, &contacts, now, &by).await?;
    if let Some(fact) = contact_changed(&member, &change) {
        record(&mut tx, fact);
    }
    tx.audit(AuditEntry { action: "member.update", member: Some(id), ..AuditEntry::default() });
    tx.commit(UpdateMemberResponse { member: Some(member_message::member(&member)), warnings }).await
}

type Read = (Facts, Option<Vec<NationalId>>);

fn read(mut reading: Reading<'_>, request: &UpdateMemberRequest, mut facts: Facts) -> Option<Read> {
    let mask = request.update_mask.clone().unwrap_or_default();
    if mask.paths.is_empty() {
        reading.violations.add("", "must name at least one field to change");
    }
    let mut national_ids = None;
    for path in &mask.paths {
        // A field at fault keeps its value here; its violation refuses the whole change.
        match path.as_str() {
            "member_number" => facts.number = reading.number(&request.member_number).unwrap_or(facts.number),
            "given_names" => {
                facts.given_names = reading.names("givenNames", &request.given_names).unwrap_or(facts.given_names);
            }
            "family_name" => {
                facts.family_name = reading.names("familyName", &request.family_name).unwrap_or(facts.family_name);
            }
            "birth_date" => facts.birth_date = reading.birth_date(&request.birth_date).unwrap_or(facts.birth_date),
            "sex" => facts.sex = reading.sex(request.sex()).unwrap_or(facts.sex),
            "phone" => facts.phone = reading.phone(&request.phone).flatten(),
            "mobile" => facts.mobile = reading.mobile(&request.mobile).flatten(),
            "email" => facts.email = reading.email(&request.email).flatten(),
            "language" => facts.language = reading.language(&request.language).unwrap_or(facts.language),
            "principal_member_id" => facts.principal = reading.principal(&request.principal_member_id).flatten(),
            "national_ids" => national_ids = reading.national_ids(&request.national_ids),
            _ => reading.violations.add("updateMask", format!("names the unknown field {path}")),
        }
    }
    Some((facts, national_ids))
}

/// The fact that a member is reached differently; none when they are not.
pub(crate) fn contact_changed(member: &Member, change: &Change) -> Option<Fact> {
    let changed = change.contact_fields();
    let message =
        MemberContactChanged { member_id: member.id.to_string(), payer_id: member.payer.to_string(), changed };
    (!message.changed.is_empty()).then(|| Fact::new(message).about(member.id.uuid(), member.version).of(member.payer))
}
