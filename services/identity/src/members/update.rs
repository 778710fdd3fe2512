//! Change a member: the fields of the mask; what a contact was is remembered.

use careway_contract::identity::v1::{
    MemberChanged, MemberContactChanged, UpdateMemberRequest, UpdateMemberResponse,
};
use careway_events::{Fact, record};
use careway_kernel::{MemberId, NationalId, Violations};
use careway_service::{AuditEntry, Call, Error, Keyed, path_id};

use super::{
    domain::{Change, Facts, Member, eligible, refusal::Refusal},
    home, store,
    view::{self, Reading},
};
use crate::{App, changes::Changes};

pub(crate) async fn update_member(
    app: &App,
    call: &Call,
    request: UpdateMemberRequest,
) -> Keyed<UpdateMemberResponse> {
    let payer = call.caller.organization()?;
    call.expected_version()?;
    let id = path_id::<MemberId>("member", &request.member_id)?;
    let home = home(app, call, payer).await?;
    let today = app.clock.today(home.zone);

    let data_keys = &app.data_keys;
    let mut tx = app.db.begin(call).await?;
    let member =
        store::lock_member(&mut tx, data_keys, payer, id).await?.ok_or_else(|| Error::not_found("member"))?;
    call.check_version(member.version)?;
    let mut violations = Violations::default();
    let read = read(Reading { violations: &mut violations, home, today }, &request, &member.facts);
    let ((facts, national_ids),) = violations.all((read,))?;
    let mut warnings = view::warning_messages(&facts, national_ids.as_deref().unwrap_or_default());
    if let Some(principal) = facts.principal.filter(|_| facts.principal != member.facts.principal) {
        let principal = store::lock_principal(&mut tx, payer, principal).await?;
        let dependants = store::list_with_dependants(&mut tx, &[id.uuid()]).await?;
        eligible(Some(id), !dependants.is_empty(), principal).map_err(Refusal::from)?;
    }
    let change = member.change_to(&facts, national_ids.as_deref());
    if !change.any {
        return tx.commit(UpdateMemberResponse { member: Some(view::member(&member)), warnings }).await;
    }
    warnings.extend(view::birth_date_warning(&change));
    let now = tx.now();
    let member = member.apply(facts, &change, now, today, || careway_kernel::id_at(now));
    store::write::update_members(&mut tx, data_keys, payer, std::slice::from_ref(&member)).await?;
    let fresh = member.national_ids.iter().filter(|held| change.new_national_ids.contains(&held.number));
    let fresh: Vec<_> = fresh.map(|held| (id, held)).collect();
    store::national_id::insert_national_ids(&mut tx, data_keys, payer, &fresh).await?;
    store::national_id::update_national_ids(&mut tx, [&change], today).await?;
    let contacts: Vec<_> = change.contacts.iter().map(|contact| (id, contact)).collect();
    let by = call.caller.subject.to_string();
    store::contact::insert_contact_changes(&mut tx, data_keys, payer, &contacts, now, &by).await?;
    for fact in told(&member, &change) {
        record(&mut tx, fact);
    }
    tx.audit(AuditEntry { action: "member.update", member: Some(id), ..AuditEntry::default() });
    tx.commit(UpdateMemberResponse { member: Some(view::member(&member)), warnings }).await
}

const CHANGEABLE: [&str; 11] = [
    "member_number",
    "given_names",
    "family_name",
    "birth_date",
    "sex",
    "phone",
    "mobile",
    "email",
    "language",
    "principal_member_id",
    "national_ids",
];

/// The facts as they shall be, and the national ids when they are given.
type FactsInput = (Facts, Option<Vec<NationalId>>);

fn read(mut reading: Reading<'_>, request: &UpdateMemberRequest, now: &Facts) -> Option<FactsInput> {
    let changes = Changes::of(request.update_mask.as_ref());
    changes.check(reading.violations, &CHANGEABLE);
    let number = changes.given("member_number", || reading.number(&request.member_number));
    let given = changes.given("given_names", || reading.names("givenNames", &request.given_names));
    let family = changes.given("family_name", || reading.names("familyName", &request.family_name));
    let name = given.zip(family).and_then(|(given, family)| reading.named(now.name.changed(given, family)));
    let birth_date = changes.given("birth_date", || reading.birth_date(&request.birth_date));
    let sex = changes.given("sex", || reading.sex(request.sex()));
    let phone = changes.given("phone", || reading.phone(&request.phone));
    let mobile = changes.given("mobile", || reading.mobile(&request.mobile));
    let email = changes.given("email", || reading.email(&request.email));
    let language = changes.given("language", || reading.language(&request.language));
    let principal = changes.given("principal_member_id", || reading.principal(&request.principal_member_id));
    let national_ids = changes.given("national_ids", || reading.national_ids(&request.national_ids));
    let facts = Facts {
        number: number?.unwrap_or_else(|| now.number.clone()),
        name: name?,
        birth_date: birth_date?.unwrap_or(now.birth_date),
        sex: sex?.unwrap_or(now.sex),
        phone: phone?.unwrap_or_else(|| now.phone.clone()),
        mobile: mobile?.unwrap_or_else(|| now.mobile.clone()),
        email: email?.unwrap_or_else(|| now.email.clone()),
        language: language?.unwrap_or(now.language),
        principal: principal?.unwrap_or(now.principal),
    };
    Some((facts, national_ids?))
}

/// What the other contexts are told of a change; nothing of what they do not keep.
pub(crate) fn told(member: &Member, change: &Change) -> impl Iterator<Item = Fact> {
    [belonging_changed(member, change), contact_changed(member, change)].into_iter().flatten()
}

/// The fact that a member has another number, or is of another family; none when neither is so.
fn belonging_changed(member: &Member, change: &Change) -> Option<Fact> {
    let principal = member.facts.principal.map(|id| id.to_string());
    let message = MemberChanged {
        member_id: member.id.to_string(),
        payer_id: member.payer.to_string(),
        member_number: member.facts.number.as_str().to_owned(),
        principal_member_id: principal.unwrap_or_default(),
        family_id: member.family().to_string(),
    };
    change.belonging.then(|| Fact::new(message).about(member.id.uuid(), member.version).of(member.payer))
}

/// The fact that a member is reached differently; none when they are not.
fn contact_changed(member: &Member, change: &Change) -> Option<Fact> {
    let changed = change.contact_fields();
    let message = MemberContactChanged {
        member_id: member.id.to_string(),
        payer_id: member.payer.to_string(),
        changed,
    };
    (!message.changed.is_empty())
        .then(|| Fact::new(message).about(member.id.uuid(), member.version).of(member.payer))
}
