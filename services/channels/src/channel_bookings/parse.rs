//! What a channel books, as its request says it.

use careway_contract::channels::v1::{self as proto, CreateChannelBookingRequest};
use careway_kernel::{
    CountryCode, Money, Names, PhoneNumber, Violations, parse_date,
    text::{Line, Text},
};
use careway_service::Result;

use crate::bookings::{domain::Patient, moving::Time, parse};

/// For whom something is to be booked, and at what the patient was told that it is sold.
pub(crate) struct Requested {
    /// None where nobody was told by the channel's request.
    pub(crate) price: Option<Money>,
    /// The same.
    pub(crate) minutes: Option<i64>,
    pub(crate) patient: Patient,
    pub(crate) external_id: String,
}

impl Requested {
    /// Reads a request with the time that it is for, or tells all that is wrong with it.
    pub(super) fn parse(request: &CreateChannelBookingRequest) -> Result<(Time, Self)> {
        let mut v = Violations::default();
        let time = parse::time(&mut v, &request.hold_id, &request.slot_id);
        let given = request.expected_price.clone().unwrap_or_default();
        let price = v.within("expectedPrice", |v| price(v, &given));
        let minutes = request.expected_duration_minutes;
        v.check("expectedDurationMinutes", (1..=1440).contains(&minutes), "must be 1 to 1440");
        let given = request.patient.clone().unwrap_or_default();
        let patient = v.within("patient", |v| patient(v, &given));
        let external_id = v.optional("externalId", request.external_id.as_str(), Line::<100>::parse);
        let note = v.optional("note", request.note.as_str(), Text::<1000>::parse);
        let (time, price, mut patient, external_id, note) =
            v.all((time, price, patient, external_id, note))?;
        patient.note = note.map(|note| note.as_str().to_owned()).unwrap_or_default();
        let external_id = external_id.map(|id| id.as_str().to_owned()).unwrap_or_default();
        let (price, minutes) = (Some(price), Some(minutes.into()));
        Ok((time, Self { price, minutes, patient, external_id }))
    }
}

fn price(v: &mut Violations, given: &careway_contract::types::v1::Money) -> Option<Money> {
    let currency = v.required("currency", given.currency.as_str(), careway_kernel::Currency::parse);
    let amount = v.required("amount", given.amount.as_str(), Ok::<_, careway_kernel::InvalidMoney>);
    let (currency, amount) = currency.zip(amount)?;
    v.field("amount", Money::parse(currency.code(), amount))
}

fn patient(v: &mut Violations, given: &proto::Patient) -> Option<Patient> {
    let name = v.required("name", given.name.as_str(), Names::parse);
    let phone = v.required("phone", given.phone.as_str(), international);
    let birth_date = v.optional("birthDate", given.birth_date.as_str(), parse_date);
    let member_number = v.optional("memberNumber", given.member_number.as_str(), Line::<50>::parse);
    Some(Patient {
        name: name?.as_str().to_owned(),
        phone: phone?.as_e164().to_owned(),
        birth_date: birth_date?,
        member_number: member_number?.map(|number| number.as_str().to_owned()),
        note: String::new(),
    })
}

/// A number with its country: a channel's patients come from anywhere.
pub(crate) fn international(text: &str) -> Result<PhoneNumber, &'static str> {
    let number = text.trim_start().starts_with('+').then(|| PhoneNumber::parse(text, CountryCode::RO));
    number.and_then(Result::ok).ok_or("must be a valid international phone number, such as +40721234567")
}
