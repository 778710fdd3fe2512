//! Who is in the demo network: the organizations and the people who work for them. Everybody is made up.

use serde_json::{Value, json};

use super::acts::Person;

/// Everybody's password.
pub(super) const PASSWORD: &str = "murakaza neza careway";

/// An organization of the demo network.
pub(super) struct Organization {
    kind: &'static str,
    pub(super) name: &'static str,
    country: &'static str,
    time_zone: &'static str,
    locale: &'static str,
    code_kind: &'static str,
    /// Unique in the demo: what the seed finds the organization by.
    pub(super) code: &'static str,
    domain: &'static str,
    /// Role, name and mailbox; the administrator first.
    people: &'static [(&'static str, &'static str, &'static str)],
}

pub(super) const HOSPITAL: Organization = Organization {
    kind: "FACILITY",
    name: "Imanzi Hospital",
    country: "RW",
    time_zone: "Africa/Kigali",
    locale: "rw",
    code_kind: "FACILITY",
    code: "RW-KGL-0101",
    domain: "imanzi.example",
    people: &[
        ("ADMINISTRATOR", "Béatrice Mukamana", "beatrice"),
        ("FRONT_DESK", "Ange Uwimana", "ange"),
        ("CLINICIAN", "Théogène Habimana", "theogene"),
        ("CLAIMS_CLERK", "Clarisse Ingabire", "clarisse"),
        ("PHARMACIST", "Olivier Niyonzima", "olivier"),
        ("SUPERVISOR", "Josiane Umutoni", "josiane"),
    ],
};

pub(super) const CLINIC: Organization = Organization {
    kind: "FACILITY",
    name: "Akanyoni Family Clinic",
    country: "RW",
    time_zone: "Africa/Kigali",
    locale: "en",
    code_kind: "FACILITY",
    code: "RW-HUY-0202",
    domain: "akanyoni.example",
    people: &[
        ("ADMINISTRATOR", "Fabrice Ndayisaba", "fabrice"),
        ("FRONT_DESK", "Diane Iradukunda", "diane"),
        ("CLINICIAN", "Solange Uwase", "solange"),
        ("CLAIMS_CLERK", "Patrick Bizimana", "patrick"),
        ("PHARMACIST", "Yvette Umuhoza", "yvette"),
        ("SUPERVISOR", "Innocent Karangwa", "innocent"),
    ],
};

pub(super) const DENTAL_OPTICAL: Organization = Organization {
    kind: "FACILITY",
    name: "Inseko Dental and Optical Clinic",
    country: "RW",
    time_zone: "Africa/Kigali",
    locale: "fr",
    code_kind: "FACILITY",
    code: "RW-KGL-0303",
    domain: "inseko.example",
    people: &[
        ("ADMINISTRATOR", "Francine Mukandoli", "francine"),
        ("FRONT_DESK", "Eric Tuyishime", "eric"),
        ("CLINICIAN", "Denyse Uwamahoro", "denyse"),
        ("CLAIMS_CLERK", "Aimable Munyaneza", "aimable"),
        ("PHARMACIST", "Vestine Nyirahabimana", "vestine"),
        ("SUPERVISOR", "Claude Byiringiro", "claude"),
    ],
};

pub(super) const UMURAGE: Organization = Organization {
    kind: "PAYER",
    name: "Umurage Health",
    country: "RW",
    time_zone: "Africa/Kigali",
    locale: "rw",
    code_kind: "PAYER",
    code: "RW-UMURAGE",
    domain: "umurage.example",
    people: &[
        ("ADMINISTRATOR", "Emmanuel Hakizimana", "emmanuel"),
        ("BENEFITS_OFFICER", "Chantal Nyiraneza", "chantal"),
        ("MEDICAL_REVIEWER", "Gaspard Nshimiyimana", "gaspard"),
    ],
};

pub(super) const INKINGI: Organization = Organization {
    kind: "PAYER",
    name: "Inkingi Medical Cover",
    country: "RW",
    time_zone: "Africa/Kigali",
    locale: "en",
    code_kind: "PAYER",
    code: "RW-INKINGI",
    domain: "inkingi.example",
    people: &[
        ("ADMINISTRATOR", "Liliane Uwera", "liliane"),
        ("BENEFITS_OFFICER", "Samuel Gasana", "samuel"),
        ("MEDICAL_REVIEWER", "Odette Mukarugwiza", "odette"),
    ],
};

/// Social security, which insures the households of its district by a scheme of its own.
pub(super) const AUTHORITY: Organization = Organization {
    kind: "AUTHORITY",
    name: "Bảo hiểm xã hội Quận 9",
    country: "VN",
    time_zone: "Asia/Ho_Chi_Minh",
    locale: "vi",
    code_kind: "PAYER",
    code: "VN-BHXH-0902",
    domain: "bhxh-q9.example",
    people: &[
        ("ADMINISTRATOR", "Nguyễn Thị Thu Hà", "thuha"),
        ("OFFICER", "Trần Minh Quân", "minhquan"),
        ("BENEFITS_OFFICER", "Lê Thị Ngọc Lan", "ngoclan"),
    ],
};

pub(super) const AGENCY: Organization = Organization {
    kind: "AGENCY",
    name: "Đại lý thu BHYT Hộ gia đình Phường Long Thạnh Mỹ",
    country: "VN",
    time_zone: "Asia/Ho_Chi_Minh",
    locale: "vi",
    code_kind: "AGENCY",
    code: "BI0902I",
    domain: "dailythu-ltm.example",
    people: &[("ADMINISTRATOR", "Võ Văn Phúc", "vanphuc"), ("AGENT", "Đặng Thị Mai", "mai")],
};

pub(super) const SECOND_AGENCY: Organization = Organization {
    kind: "AGENCY",
    name: "Đại lý thu BHYT Hộ gia đình Phường Long Bình",
    country: "VN",
    time_zone: "Asia/Ho_Chi_Minh",
    locale: "vi",
    code_kind: "AGENCY",
    code: "BI0903B",
    domain: "dailythu-lb.example",
    people: &[("ADMINISTRATOR", "Phan Thị Bích Thuỷ", "bichthuy"), ("AGENT", "Lý Gia Hân", "giahan")],
};

pub(super) const PARTNER: Organization = Organization {
    kind: "PARTNER",
    name: "Shondhan Appointments",
    country: "BD",
    time_zone: "Asia/Dhaka",
    locale: "bn",
    code_kind: "MERCHANT",
    code: "BD-SHONDHAN-77",
    domain: "shondhan.example",
    people: &[
        ("ADMINISTRATOR", "Farhana Rahman", "farhana"),
        ("EDITOR", "Tanvir Hossain", "tanvir"),
        ("READER", "Nusrat Jahan", "nusrat"),
    ],
};

/// Sells its appointments by channels.
pub(super) const CLINICA: Organization = Organization {
    kind: "FACILITY",
    name: "Clinica Sănătatea",
    country: "RO",
    time_zone: "Europe/Bucharest",
    locale: "ro",
    code_kind: "FACILITY",
    code: "RO-B-0404",
    domain: "sanatatea.example",
    people: &[
        ("ADMINISTRATOR", "Ana Dumitrescu", "ana"),
        ("FRONT_DESK", "Bogdan Ene", "bogdan"),
        ("CLINICIAN", "Elena Marin", "elena"),
        ("SUPERVISOR", "Corina Tudor", "corina"),
    ],
};

/// The two systems are tried together.
pub(super) const TESTED_CHANNEL: Organization = Organization {
    kind: "CHANNEL",
    name: "Carpatica Asistență",
    country: "RO",
    time_zone: "Europe/Bucharest",
    locale: "ro",
    code_kind: "MERCHANT",
    code: "RO-CARPATICA",
    domain: "carpatica.example",
    people: &[("ADMINISTRATOR", "Radu Cojocaru", "radu"), ("EDITOR", "Simona Iliescu", "simona")],
};

/// A connection with it is begun, and no more. Comes last: with its last account the network is complete.
pub(super) const DRAFTED_CHANNEL: Organization = Organization {
    kind: "CHANNEL",
    name: "Dunărea Medical Line",
    country: "RO",
    time_zone: "Europe/Bucharest",
    locale: "ro",
    code_kind: "MERCHANT",
    code: "RO-DUNAREA",
    domain: "dunarea.example",
    people: &[
        ("ADMINISTRATOR", "Florin Moldovan", "florin"),
        ("EDITOR", "Gabriela Nistor", "gabriela"),
        ("READER", "Horia Manole", "horia"),
    ],
};

/// Gets help, and sells appointments. With its last account the first part of the network is complete.
pub(super) const CHANNEL: Organization = Organization {
    kind: "CHANNEL",
    name: "Global Assistance",
    country: "RO",
    time_zone: "Europe/Bucharest",
    locale: "ro",
    code_kind: "MERCHANT",
    code: "RO-GLOBAL-ASSISTANCE",
    domain: "global-assistance.example",
    people: &[
        ("ADMINISTRATOR", "Ioana Marinescu", "ioana"),
        ("EDITOR", "Mihai Dobre", "mihai"),
        ("AGENT", "Teodora Vlad", "teodora"),
        ("READER", "Andreea Pavel", "andreea"),
    ],
};

/// All of them. The first front desk is the one that checks the first member in.
pub(super) const ALL: [&Organization; 13] = [
    &HOSPITAL,
    &CLINIC,
    &DENTAL_OPTICAL,
    &UMURAGE,
    &INKINGI,
    &AUTHORITY,
    &AGENCY,
    &SECOND_AGENCY,
    &PARTNER,
    &CHANNEL,
    &CLINICA,
    &TESTED_CHANNEL,
    &DRAFTED_CHANNEL,
];

impl Organization {
    /// What an operator registers.
    pub(super) fn registration(&self) -> Value {
        json!({
            "kind": self.kind,
            "name": self.name,
            "country": self.country,
            "timeZone": self.time_zone,
            "locale": self.locale,
            "codes": [{"kind": self.code_kind, "value": self.code}],
        })
    }

    /// An address of the organization.
    pub(super) fn address(&self, mailbox: &str) -> String {
        format!("{mailbox}@{}", self.domain)
    }

    /// Everybody who works there, the administrator first.
    pub(super) fn people(&self) -> Vec<Person> {
        let person = |(role, name, mailbox): &(&str, &str, &str)| Person {
            name: (*name).to_owned(),
            email: self.address(mailbox),
            roles: vec![(*role).to_owned()],
        };
        self.people.iter().map(person).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn codes_and_addresses_are_unique_and_everybody_has_an_administrator() {
        let codes: HashSet<_> = ALL.iter().map(|organization| organization.code).collect();
        assert_eq!(codes.len(), ALL.len());
        let people: Vec<_> = ALL.iter().flat_map(|organization| organization.people()).collect();
        let addresses: HashSet<_> = people.iter().map(|person| &person.email).collect();
        assert_eq!(addresses.len(), people.len());
        assert!(ALL.iter().all(|organization| organization.people()[0].roles == ["ADMINISTRATOR"]));
    }
}
