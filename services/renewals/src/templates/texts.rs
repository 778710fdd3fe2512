//! Both texts of the built-in reminder, for whoever measures how fast they are made.

use super::domain::{
    Bodies, Composed, Purpose, TemplateContent,
    built_in::built_in,
    values::{Placeholder, Values},
    words::Cost,
};
use crate::messages::Channel;

/// The built-in reminder by SMS of a card that is due.
#[derive(Debug, Clone)]
pub struct BuiltInReminder(Bodies);

impl BuiltInReminder {
    /// Finds it.
    #[must_use]
    pub fn find() -> Option<Self> {
        let is_it =
            |content: &TemplateContent| content.purpose == Purpose::Due && content.channel == Channel::Sms;
        let found = built_in().into_iter().map(|template| template.content).find(is_it)?;
        found.bodies().ok().map(Self)
    }

    /// Composes both texts for a card, as for sending; how many segments the plain and the marked one have. None when a value
    /// does not fit.
    #[must_use]
    pub fn segments(&self, values: [&str; 5]) -> Option<[usize; 2]> {
        let [card, name, expires_on, agency_code, agency] = values;
        let values = Values::default()
            .with(Placeholder::Card, card)
            .with(Placeholder::Name, name)
            .with(Placeholder::ExpiresOn, expires_on)
            .with(Placeholder::AgencyCode, agency_code)
            .with(Placeholder::Agency, agency);
        match self.0.compose(&values, Cost::up_to(3)).ok()? {
            Composed::Sms(texts) => Some([texts.plain.segments, texts.marked.segments]),
            Composed::Email { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_source_s_own_card_has_two_and_three_segments() {
        let card = [
            "7936491863",
            "Trần Thị Hoà",
            "22/09/2018",
            "BI0902I",
            "Đại lý thu BHYT Hộ gia đình Phường Long Thạnh Mỹ",
        ];
        assert_eq!(BuiltInReminder::find().unwrap().segments(card), Some([2, 3]));
    }
}
