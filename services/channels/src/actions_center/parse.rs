//! What the Actions Center asks for, as its requests say it.

use careway_contract::channels::v1::{
    ActionsCenterResources, ActionsCenterSlot, ActionsCenterSlotTime, ActionsCenterUser,
    CreateActionsCenterBookingRequest,
};
use careway_kernel::{
    ConnectionId, Names, OrganizationId, Violations,
    text::{Line, Text},
};
use careway_service::{Result, path_id};
use prost::Message;
use sha2::{Digest, Sha256};

use super::domain::{
    Hash, key, user,
    wanted::{Named, Wanted},
};
use crate::{
    bookings::domain::Patient,
    channel_bookings::parse::{Requested, international},
};

/// What is to be booked, and what stands for the request.
pub(super) struct Asked {
    pub(super) merchant: ConnectionId,
    pub(super) key: Hash,
    pub(super) fingerprint: Hash,
    pub(super) user: Hash,
    /// None when the slot is none that Careway has.
    pub(super) wanted: Option<Wanted>,
    pub(super) requested: Requested,
}

impl Asked {
    /// Reads a request, or tells all that is wrong with it.
    pub(super) fn parse(
        channel: OrganizationId,
        request: &CreateActionsCenterBookingRequest,
    ) -> Result<Self> {
        let mut v = Violations::default();
        let slot = v.present("slot", request.slot.as_ref());
        let given = request.user_information.clone().unwrap_or_default();
        let (id, patient) = v.within("user_information", |v| {
            (v.required("user_id", given.user_id.as_str(), Line::<200>::parse), patient(v, &given))
        });
        let token = v.required("idempotency_token", request.idempotency_token.as_str(), Line::<100>::parse);
        let note = v.optional("additional_request", request.additional_request.as_str(), Text::<1000>::parse);
        let (slot, id, mut patient, token, note) = v.all((slot, id, patient, token, note))?;
        patient.note = note.map(|note| note.as_str().to_owned()).unwrap_or_default();
        let merchant = path_id("merchant", &slot.merchant_id)?;
        let wanted = wanted(slot);
        Ok(Self {
            merchant,
            key: key(merchant, token.as_str()),
            fingerprint: Sha256::digest(request.encode_to_vec()).into(),
            user: user(channel, id.as_str()),
            wanted,
            requested: Requested {
                price: None,
                minutes: wanted.and_then(|wanted| wanted.minutes),
                patient,
                external_id: token.as_str().to_owned(),
            },
        })
    }
}

/// The slot that is meant.
pub(super) fn wanted(slot: &ActionsCenterSlot) -> Option<Wanted> {
    let (start_sec, duration_sec) = (slot.start_sec, slot.duration_sec);
    named(&slot.service_id, start_sec, duration_sec, slot.resources.as_ref()).wanted()
}

/// The slot that is meant.
pub(super) fn wanted_of_merchant(slot: &ActionsCenterSlotTime) -> Option<Wanted> {
    let (start_sec, duration_sec) = (slot.start_sec, slot.duration_sec);
    named(&slot.service_id, start_sec, duration_sec, slot.resource_ids.as_ref()).wanted()
}

fn named<'a>(
    service: &'a str,
    start_sec: i64,
    duration_sec: i64,
    resources: Option<&ActionsCenterResources>,
) -> Named<'a> {
    let with_resources = resources.is_some_and(|of| !of.staff_id.is_empty() || !of.room_id.is_empty());
    let party_size = resources.map_or(0, |of| of.party_size);
    Named { service, start_sec, duration_sec, with_resources, party_size }
}

fn patient(v: &mut Violations, given: &ActionsCenterUser) -> Option<Patient> {
    let name = format!("{} {}", given.given_name.trim(), given.family_name.trim());
    let name = v.required("given_name", name.trim(), Names::parse).map(|name| name.as_str().to_owned());
    let phone = v.required("telephone", given.telephone.as_str(), international);
    Some(Patient {
        name: name?,
        phone: phone?.as_e164().to_owned(),
        birth_date: None,
        member_number: None,
        note: String::new(),
    })
}
