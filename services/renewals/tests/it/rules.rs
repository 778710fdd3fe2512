//! The table of rules agrees with the contract's events, and `docs/messages.md` with the table.

use std::collections::{BTreeMap, BTreeSet};

use careway_contract::visits::v1::get_notice_request::Kind;
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
        assert!(Kind::from_str_name(&kind).is_some(), "nobody has a notice of {kind}");
        has(match rule.to {
            To::Member => "member_id",
            To::Payer(_) => "payer_id",
            To::Facility(_) => "facility_id",
        });
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

/// Who is told of an event: whether the member is, and with which permissions those at the payer and at the facility are.
type Told = (bool, BTreeSet<String>, BTreeSet<String>);

#[test]
fn the_guide_says_who_is_told_as_the_rules_have_it() {
    let mut by_rules: BTreeMap<String, Told> = BTreeMap::new();
    for rule in RULES {
        let (_, name) = rule.event.split_once('.').unwrap();
        let (member, payer, facility) = by_rules.entry(name.to_owned()).or_default();
        match rule.to {
            To::Member => *member = true,
            To::Payer(permission) => drop(payer.insert(permission.to_owned())),
            To::Facility(permission) => drop(facility.insert(permission.to_owned())),
        }
    }
    let guide = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/messages.md");
    let guide = std::fs::read_to_string(guide).unwrap();
    let mut by_guide: BTreeMap<String, Told> = BTreeMap::new();
    for row in guide.lines().filter(|line| line.starts_with("| `")) {
        let [events, member, payer, facility] =
            row.trim_matches('|').split('|').collect::<Vec<_>>().try_into().unwrap();
        for event in quoted(events) {
            by_guide.insert(event, (!member.trim().is_empty(), quoted(payer), quoted(facility)));
        }
    }
    assert_eq!(by_guide, by_rules, "docs/messages.md is not current");
}

fn quoted(cell: &str) -> BTreeSet<String> {
    cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}
