//! The codes that an authority's lists name agencies by.

use std::collections::HashMap;

use careway_kernel::OrganizationId;

/// An agency that was appointed once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AppointedAgency {
    pub(crate) agency: OrganizationId,
    pub(crate) code: String,
    /// Who has its participants since it handed them over.
    pub(crate) successor: Option<OrganizationId>,
}

/// Who collects under each code, and for whom that handed over.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct AgencyCodes {
    codes: HashMap<String, OrganizationId>,
    successors: HashMap<OrganizationId, OrganizationId>,
}

impl AgencyCodes {
    /// The code of an agency that handed over means its successor: lists go on naming what their people know.
    pub(crate) fn of(agencies: &[AppointedAgency]) -> Self {
        let codes = agencies.iter().map(|agency| (agency.code.clone(), agency.agency)).collect();
        let successors =
            agencies.iter().filter_map(|agency| Some((agency.agency, agency.successor?))).collect();
        Self { codes, successors }
    }

    /// Who collects under a code.
    pub(crate) fn find(&self, code: &str) -> Option<OrganizationId> {
        self.codes.get(code).map(|agency| self.collecting(*agency))
    }

    /// Who collects for an agency: itself, or whoever has its participants by now.
    pub(crate) fn collecting(&self, agency: OrganizationId) -> OrganizationId {
        let mut by = agency;
        // No chain is longer than there are agencies.
        for _ in 0..self.successors.len() {
            match self.successors.get(&by) {
                Some(successor) => by = *successor,
                None => break,
            }
        }
        by
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn the_code_of_an_agency_that_handed_over_means_its_successor() {
        let id = |number| OrganizationId::from_uuid(Uuid::from_u128(number));
        let agency = |number, code: &str, successor: Option<u128>| AppointedAgency {
            agency: id(number),
            code: code.to_owned(),
            successor: successor.map(id),
        };
        let codes =
            AgencyCodes::of(&[agency(1, "A", Some(2)), agency(2, "B", Some(3)), agency(3, "C", None)]);
        assert_eq!(
            ["A", "B", "C", "D"].map(|code| codes.find(code)),
            [Some(id(3)), Some(id(3)), Some(id(3)), None]
        );
    }
}
