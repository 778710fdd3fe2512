//! Change how a participant is reached and what came of it: the fields of the mask, and only an agent's own.

use careway_contract::renewals::v1::{UpdateParticipantRequest, UpdateParticipantResponse};
use careway_kernel::{CountryCode, Email, ParticipantId, Redacted, Violations, text::Text};
use careway_service::{AuditEntry, Call, Error, Keyed, path_id};
use prost_types::FieldMask;

use super::{
    domain::{
        change::{Changes, Field},
        contact::{parse_mobile, parse_phone},
        refusal::AuthorityField,
    },
    events::contact_changed,
    store, view,
};
use crate::App;

pub(crate) async fn update_participant(
    app: &App,
    call: &Call,
    request: UpdateParticipantRequest,
) -> Keyed<UpdateParticipantResponse> {
    let agency = call.caller.agency()?;
    call.expected_version()?;
    let id: ParticipantId = path_id("participant", &request.participant_id)?;
    let fields = own_fields(request.update_mask.as_ref())?;

    let mut tx = app.db.begin(call).await?;
    let locked = store::lock_participant(&mut tx, &app.contact_keys, agency, id).await?;
    let (participant, country) = locked.ok_or(Error::not_found("participant"))?;
    call.check_version(participant.version)?;
    let mut v = Violations::default();
    let changes = read(&mut v, &request, &fields, country);
    let (changes,) = v.all((changes,))?;
    let (mut after, differing) = participant.change(changes)?;
    if !differing.is_empty() {
        let now = tx.now();
        let by = call.caller.subject.to_string();
        let shown =
            store::update_participant(&mut tx, &app.contact_keys, &after, &differing, &by, now).await?;
        (after.sms_contact, after.contact_differs, after.updated_at) = shown;
        contact_changed(&mut tx, &after, &differing);
        tx.audit(AuditEntry { action: "participant.update", member: after.member, ..Default::default() });
    }
    tx.commit(UpdateParticipantResponse { participant: Some(view::participant(&after)) }).await
}

/// The fields that are to change.
fn own_fields(mask: Option<&FieldMask>) -> Result<Vec<Field>, Error> {
    let paths = mask.map_or(&[][..], |mask| &mask.paths);
    let own = |path: &String| {
        let field = Field::ALL.into_iter().find(|field| field.as_str() == path);
        field.ok_or_else(|| AuthorityField { field: is_plain(path).then(|| path.clone()) })
    };
    let fields = paths.iter().map(own).collect::<Result<Vec<_>, _>>()?;
    if fields.is_empty() {
        let names = Field::ALL.map(Field::json_name).join(", ");
        return Err(Error::violation("updateMask", format!("must name some of {names}")));
    }
    Ok(fields)
}

/// Whether it may be said again: it came from outside.
fn is_plain(path: &str) -> bool {
    path.len() <= 40 && path.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

fn read(
    v: &mut Violations,
    request: &UpdateParticipantRequest,
    fields: &[Field],
    country: CountryCode,
) -> Option<Changes> {
    let is_given = |field| fields.contains(&field);
    let mut changes = Changes::default();
    if is_given(Field::Phone) {
        changes.phone = v.optional("phone", request.phone.as_str(), |text| parse_phone(text, country));
    }
    if is_given(Field::Mobile) {
        changes.mobile = v.optional("mobile", request.mobile.as_str(), |text| parse_mobile(text, country));
    }
    if is_given(Field::Email) {
        changes.email = v.optional("email", request.email.as_str(), Email::parse);
    }
    if is_given(Field::PhoneConfirmed) {
        changes.phone_confirmed = Some(request.phone_confirmed);
    }
    if is_given(Field::Result) {
        changes.result = v.present("result", view::parse_result(request.result()));
    }
    if is_given(Field::Note) {
        let note = v.field("note", Text::<1000>::parse(&request.note))?;
        changes.note = Some((!note.is_empty()).then(|| Redacted::new(note.as_str())));
    }
    Some(changes)
}
