//! The table of rules agrees with the contract's events, and `docs/messages.md` with the table.

use std::collections::{BTreeMap, BTreeSet};

use careway_contract::{
    cases::v1::get_notice_request::Kind as CasesKind, channels::v1::get_notice_request::Kind as ChannelsKind,
    renewals::v1::get_notice_request::Kind as RenewalsKind, visits::v1::get_notice_request::Kind,
};
use careway_renewals::{Condition, RULES, Rule, To};
use prost_reflect::{DescriptorPool, MessageDescriptor};

fn event_of(contract: &DescriptorPool, rule: &Rule) -> MessageDescriptor {
    let (context, name) = rule.event.split_once('.').unwrap();
    let event = contract.get_message_by_name(&format!("careway.{context}.v1.{name}"));
    event.unwrap_or_else(|| panic!("{} is no event of the contract", rule.event))
}

#[test]
fn every_rule_asks_for_what_its_event_says() {
    let contract = DescriptorPool::decode(careway_contract::DESCRIPTOR_SET).unwrap();
    for rule in RULES {
        let event = event_of(&contract, rule);
        let has = |field: &str| {
            let found = event.get_field_by_name(field);
            found.unwrap_or_else(|| panic!("{} has no {field}", rule.event)).kind()
        };
        let subject = event.get_field(1).unwrap();
        let kind = subject.name().strip_suffix("_id").unwrap().to_uppercase();
        let has_notice = match rule.event.split_once('.').unwrap().0 {
            "cases" => CasesKind::from_str_name(&kind).is_some(),
            "channels" => ChannelsKind::from_str_name(&kind).is_some(),
            "renewals" => RenewalsKind::from_str_name(&kind).is_some(),
            _ => Kind::from_str_name(&kind).is_some(),
        };
        assert!(has_notice, "nobody has a notice of {kind}");
        let reader = match rule.to {
            To::Named => None,
            To::Member => Some("member_id"),
            To::Payer(_) => Some("payer_id"),
            To::Facility(_) => Some("facility_id"),
            To::Agency(_) => Some("agency_id"),
            To::Authority(_) => Some("authority_id"),
            To::Organization(_) => Some("organization_id"),
            To::Operators(_) => Some("operator_id"),
            To::Author(_) => Some("author_id"),
        };
        reader.map(has);
        for condition in rule.when {
            match condition {
                Condition::Yes(field) | Condition::No(field) => {
                    assert_eq!(has(field), prost_reflect::Kind::Bool, "{} of {}", field, rule.event);
                }
                Condition::In(field, _) | Condition::NotIn(field, _) => {
                    assert_eq!(has(field), prost_reflect::Kind::String, "{} of {}", field, rule.event);
                }
            }
        }
    }
}

/// Who is told of an event: whether the member is, and whomever the notice names; and with which permissions those at the payer, at the facility, at the
/// agency, at the authority, among operators and at the organization whose thing it is are.
type Told = ([bool; 2], [BTreeSet<String>; 6]);

#[test]
fn the_guide_says_who_is_told_as_the_rules_have_it() {
    let mut by_rules: BTreeMap<String, Told> = BTreeMap::new();
    for rule in RULES {
        let (_, name) = rule.event.split_once('.').unwrap();
        let ([member, named], [payer, facility, agency, authority, operators, organization]) =
            by_rules.entry(name.to_owned()).or_default();
        match rule.to {
            To::Member => *member = true,
            To::Named => *named = true,
            To::Payer(permission) => drop(payer.insert(permission.to_owned())),
            To::Facility(permission) => drop(facility.insert(permission.to_owned())),
            To::Agency(permission) | To::Author(permission) => drop(agency.insert(permission.to_owned())),
            To::Authority(permission) => drop(authority.insert(permission.to_owned())),
            To::Operators(permission) => drop(operators.insert(permission.to_owned())),
            To::Organization(permission) => drop(organization.insert(permission.to_owned())),
        }
    }
    let guide = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/messages.md");
    let guide = std::fs::read_to_string(guide).unwrap();
    let mut by_guide: BTreeMap<String, Told> = BTreeMap::new();
    for row in guide.lines().filter(|line| line.starts_with("| `")) {
        // Most rows end before the last column.
        let mut cells: Vec<_> = row.trim_matches('|').split('|').collect();
        cells.resize(9, "");
        let [events, member, payer, facility, agency, authority, named, operators, organization] =
            cells.try_into().unwrap();
        for event in quoted(events) {
            let people = [member, named].map(|cell| !cell.trim().is_empty());
            let staff = [payer, facility, agency, authority, operators, organization];
            by_guide.insert(event, (people, staff.map(quoted)));
        }
    }
    assert_eq!(by_guide, by_rules, "docs/messages.md is not current");
}

fn quoted(cell: &str) -> BTreeSet<String> {
    cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}
