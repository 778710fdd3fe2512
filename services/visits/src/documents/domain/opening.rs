//! A document that a medical file opened to another facility, and whether that facility may read it now.

use careway_kernel::{OrganizationId, VisitId};

use super::Document;

/// How a document came to be open to a facility that did not add it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Opening {
    /// The visit whose medical file showed it, that facility's own.
    pub(crate) visit: VisitId,
    /// The visit that it was recorded in is disputed, and not dismissed.
    pub(crate) recorded_disputed: bool,
}

impl Document {
    /// The visit that must show this party its member before the party may read the document. None for what another
    /// facility recorded in a disputed visit: it is nobody's file, although it was open before the member said so.
    pub(crate) fn read_by(&self, party: OrganizationId, opening: Option<Opening>) -> Option<VisitId> {
        match opening {
            Some(opening) if self.facility != party => (!opening.recorded_disputed).then_some(opening.visit),
            _ => Some(self.visit),
        }
    }
}

#[cfg(test)]
mod tests {
    use careway_kernel::Clock;

    use super::*;
    use crate::documents::domain::tests::document;

    #[test]
    fn an_opened_document_is_read_by_the_visit_that_opened_it_unless_its_own_is_disputed() {
        let clock = Clock::system();
        let (document, other) = (document(&clock), OrganizationId::new(&clock));
        let opening = Opening { visit: VisitId::new(&clock), recorded_disputed: false };
        let disputed = Opening { recorded_disputed: true, ..opening };
        let cases = [
            // The payer that it was cited to, and the facility that added it.
            (other, None, Some(document.visit)),
            (document.facility, None, Some(document.visit)),
            (document.facility, Some(disputed), Some(document.visit)),
            (other, Some(opening), Some(opening.visit)),
            (other, Some(disputed), None),
        ];
        for (party, opening, expected) in cases {
            assert_eq!(document.read_by(party, opening), expected, "{opening:?}");
        }
    }
}
