//! Register a member.

use careway_contract::identity::v1::{CreateMemberRequest, CreateMemberResponse, MemberRegistered};
use careway_events::{Fact, record};
use careway_kernel::{MemberId, NationalId, Violations};
use careway_service::{AuditEntry, Call, Keyed};

use super::{
    domain::{Facts, HeldNationalId, Member, eligible, person_name::PersonName, refusal::Refusal},
    home, store,
    view::{self, Reading},
};
use crate::App;

pub(crate) async fn create_member(
    app: &App,
    call: &Call,
    request: CreateMemberRequest,
) -> Keyed<CreateMemberResponse> {
    let payer = call.caller.organization()?;
    let home = home(app, call, payer).await?;
    let today = app.clock.today(home.zone);
    let mut violations = Violations::default();
    let parsed = read(Reading { violations: &mut violations, home, today }, &request);
    let ((facts, national_ids),) = violations.all((parsed,))?;
    let warnings = view::warning_messages(&facts, &national_ids);

    let mut tx = app.db.begin(call).await?;
    if let Some(principal) = facts.principal {
        let principal = store::lock_principal(&mut tx, payer, principal).await?;
        eligible(None, false, principal).map_err(Refusal::from)?;
    }
    let now = tx.now();
    let held = national_ids.into_iter().map(|number| HeldNationalId {
        id: careway_kernel::id_at(now),
        number,
        from: today,
        to: None,
    });
    let member = Member {
        id: MemberId::new(&app.clock),
        payer,
        facts,
        national_ids: held.collect(),
        codes_locked_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    store::write::insert_members(&mut tx, &app.data_keys, payer, std::slice::from_ref(&member)).await?;
    record(&mut tx, registered(&member));
    tx.audit(AuditEntry { action: "member.create", member: Some(member.id), ..AuditEntry::default() });
    tx.commit(CreateMemberResponse { member: Some(view::member(&member)), warnings }).await
}

fn read(mut reading: Reading<'_>, request: &CreateMemberRequest) -> Option<(Facts, Vec<NationalId>)> {
    let number = reading.number(&request.member_number);
    let given = reading.names("givenNames", &request.given_names);
    let family = reading.names("familyName", &request.family_name);
    let name =
        given.zip(family).and_then(|(given, family)| reading.named(PersonName::try_new(given, family)));
    let birth_date = reading.birth_date(&request.birth_date);
    let sex = reading.sex(request.sex());
    let phone = reading.phone(&request.phone);
    let mobile = reading.mobile(&request.mobile);
    let email = reading.email(&request.email);
    let language = reading.language(&request.language);
    let principal = reading.principal(&request.principal_member_id);
    let national_ids = reading.national_ids(&request.national_ids);
    let facts = Facts {
        number: number?,
        name: name?,
        birth_date: birth_date?,
        sex: sex?,
        phone: phone?,
        mobile: mobile?,
        email: email?,
        language: language?,
        principal: principal?,
    };
    Some((facts, national_ids?))
}

/// The fact that a member is registered.
pub(crate) fn registered(member: &Member) -> Fact {
    let principal = member.facts.principal.map(|id| id.to_string());
    Fact::new(MemberRegistered {
        member_id: member.id.to_string(),
        payer_id: member.payer.to_string(),
        member_number: member.facts.number.as_str().to_owned(),
        principal_member_id: principal.unwrap_or_default(),
        family_id: member.family().to_string(),
    })
    .about(member.id.uuid(), member.version)
    .of(member.payer)
}
