//! Numbers of participants: which may get an SMS, and which seem wrong.

use careway_kernel::{CountryCode, PhoneKind, PhoneNumber, ReadPhone, UnreadablePhone};

/// A phone, perhaps a landline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Phone {
    pub(crate) number: PhoneNumber,
    pub(crate) kind: PhoneUse,
    /// An agent says that it receives SMS although it looks like a landline of before 2017.
    pub(crate) confirmed: bool,
}

/// What a phone is, as far as messages go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PhoneUse {
    Mobile,
    Landline,
    /// A mobile whose digits were a landline's before 2017: `038 3841234`.
    OldLandline,
    Other,
}

impl PhoneUse {
    pub(crate) const ALL: [Self; 4] = [Self::Mobile, Self::Landline, Self::OldLandline, Self::Other];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Mobile => "MOBILE",
            Self::Landline => "LANDLINE",
            Self::OldLandline => "OLD_LANDLINE",
            Self::Other => "OTHER",
        }
    }

    /// Of a number where a landline may stand.
    pub(crate) fn of(read: &ReadPhone) -> Self {
        match read.number.kind() {
            PhoneKind::Mobile if read.may_be_old_landline => Self::OldLandline,
            PhoneKind::Mobile => Self::Mobile,
            PhoneKind::Landline => Self::Landline,
            PhoneKind::Other => Self::Other,
        }
    }
}

/// Where an SMS may go; the database tells it by the columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SmsContact {
    None,
    Mobile,
    Phone,
    Landline,
    Suspect,
}

impl SmsContact {
    pub(crate) const ALL: [Self; 5] = [Self::None, Self::Mobile, Self::Phone, Self::Landline, Self::Suspect];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::None => "NONE",
            Self::Mobile => "MOBILE",
            Self::Phone => "PHONE",
            Self::Landline => "LANDLINE",
            Self::Suspect => "SUSPECT",
        }
    }
}

/// Reads a phone, which nobody has confirmed yet.
pub(crate) fn parse_phone(text: &str, country: CountryCode) -> Result<Phone, UnreadablePhone> {
    let read = PhoneNumber::read(text, country)?;
    Ok(Phone { kind: PhoneUse::of(&read), number: read.number, confirmed: false })
}

/// Why a number is not taken for a mobile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotMobile {
    #[error(transparent)]
    Unreadable(#[from] UnreadablePhone),
    #[error("must be a mobile phone number")]
    Landline,
}

/// Reads a mobile.
pub(crate) fn parse_mobile(text: &str, country: CountryCode) -> Result<PhoneNumber, NotMobile> {
    let read = PhoneNumber::read(text, country)?;
    if read.number.is_mobile() { Ok(read.number) } else { Err(NotMobile::Landline) }
}
