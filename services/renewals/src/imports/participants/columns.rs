//! The columns of a list of participants, and what a row of it says.

use careway_kernel::{
    CountryCode, Email, Names, NationalId, NationalIdKind, OrganizationId,
    text::{Line, is_legacy_vietnamese},
};
use careway_service::table::{Cell, CellWarning, Column, Columns, RowReader};

use crate::{
    agencies::domain::AgencyCode,
    imports::{
        domain::{ListedParticipant, ListedPhone, RowRefusal},
        kind::Known,
    },
    participants::domain::contact::PhoneUse,
};

/// Digits of a BHXH number.
const NUMBER: usize = 10;
/// Characters of an address, at most.
const ADDRESS: usize = 500;
/// Characters of a household's code, at most.
const HOUSEHOLD: usize = 40;

/// The columns.
pub(in crate::imports) const COLUMNS: Columns = Columns::new(&[
    Column::required("bhxh_number").titled(&["Mã số BHXH"]),
    Column::optional("card_code").titled(&["Mã thẻ BHYT"]),
    Column::optional("citizen_id").titled(&["Số CCCD"]),
    Column::required("full_name").titled(&["Họ và tên"]),
    Column::required("birth").titled(&["Ngày sinh"]),
    Column::optional("address").titled(&["Địa chỉ"]),
    Column::optional("household").titled(&["Mã hộ"]),
    Column::optional("phone").titled(&["Điện thoại"]),
    Column::optional("mobile").titled(&["Di động"]),
    Column::optional("email").titled(&["Email"]),
    Column::required("card_from").titled(&["Từ ngày"]),
    Column::required("card_to").titled(&["Đến ngày"]),
    Column::required("agency_code").titled(&["Mã đại lý"]),
]);

/// Reads a row; everything that is wrong with it at once.
pub(super) fn read(row: &mut RowReader<'_>, known: &Known) -> Option<ListedParticipant> {
    let bhxh_number = bhxh_number(row);
    let card_code = card_code(row, known, bhxh_number.as_deref());
    let citizen_id = row.digits("citizen_id", &[12]);
    let full_name = full_name(row);
    let birth = row.birth("birth", known.today);
    let address = row.optional("address", Line::<ADDRESS>::parse);
    let household = row.optional("household", Line::<HOUSEHOLD>::parse);
    let phone = phone(row, known);
    let mobile = row.mobile("mobile", known.country);
    let email = row.optional("email", Email::parse);
    let from = row.need("card_from", Cell::day);
    let to = row.need("card_to", Cell::day);
    if let (Some(from), Some(to)) = (from, to)
        && to < from
    {
        refuse(row, RowRefusal::PeriodReversed);
    }
    let agency = agency(row, known);
    Some(ListedParticipant {
        bhxh_number: bhxh_number?,
        card_code: card_code?,
        citizen_id: citizen_id?,
        full_name: full_name?,
        birth: birth?.to_string(),
        address: address?.map(String::from).unwrap_or_default(),
        household: household?.map(String::from).unwrap_or_default(),
        phone: phone?,
        mobile: mobile?.map(|mobile| mobile.as_e164().to_owned()),
        email: email?.map(|email| email.as_str().to_owned()),
        card_from: from?,
        card_to: to?,
        agency: agency?,
    })
}

/// The number by which a list names a person.
pub(in crate::imports) fn bhxh_number(row: &mut RowReader<'_>) -> Option<String> {
    let number = row.digits("bhxh_number", &[NUMBER])?;
    if number.is_none() {
        row.reject("bhxh_number", "REQUIRED", "is required");
    }
    number
}

/// The agency that a row's code means.
pub(in crate::imports) fn agency(row: &mut RowReader<'_>, known: &Known) -> Option<OrganizationId> {
    let code = row.required("agency_code", AgencyCode::parse)?;
    let agency = known.agencies.find(code.as_str());
    if agency.is_none() {
        refuse(row, RowRefusal::AgencyUnknown);
    }
    agency
}

/// The card's code, which ends in the person's number; none where the number alone stands in its place.
fn card_code(row: &mut RowReader<'_>, known: &Known, number: Option<&str>) -> Option<Option<String>> {
    let Some(code) = row.read("card_code", Cell::code)? else { return Some(None) };
    let read = NationalId::parse_on(CountryCode::VN, &code, known.today).ok();
    let is_of_a_card = |id: &NationalId| matches!(id.kind(), NationalIdKind::VnBhyt | NationalIdKind::VnBhxh);
    let Some(code) = read.filter(is_of_a_card) else {
        row.reject("card_code", "NOT_A_CODE", "must be the card's code, as it is printed");
        return None;
    };
    let code = code.as_str();
    if number.is_some_and(|number| !code.ends_with(number)) {
        refuse(row, RowRefusal::NumberDiffers);
        return None;
    }
    Some((code.len() > NUMBER).then(|| code.to_owned()))
}

fn full_name(row: &mut RowReader<'_>) -> Option<String> {
    let name = row.required("full_name", Names::parse)?;
    if is_legacy_vietnamese(name.as_str()) {
        refuse(row, RowRefusal::LegacyEncoding);
        return None;
    }
    Some(name.as_str().to_owned())
}

/// A phone, and of which kind it is kept: one that may be a landline of before 2017 is none that SMS go to.
fn phone(row: &mut RowReader<'_>, known: &Known) -> Option<Option<ListedPhone>> {
    let Some(read) = row.read("phone", |cell| cell.phone(known.country))? else { return Some(None) };
    match read.changed {
        _ if read.may_be_old_landline => row.warn("phone", CellWarning::MayBeOldLandline),
        Some(change) => row.warn("phone", change.into()),
        None => {}
    }
    let kind = PhoneUse::of(&read).as_str().to_owned();
    Some(Some(ListedPhone { e164: read.number.as_e164().to_owned(), kind }))
}

fn refuse(row: &mut RowReader<'_>, refusal: RowRefusal) {
    row.reject(refusal.column(), refusal.reason(), refusal);
}
