//! Every story of `connection.jsonl`, told by the connection's own rules; who may take a step is asked of the contract.

use std::collections::{BTreeMap, BTreeSet};

use careway_service::OrganizationKind;
use prost_reflect::{DescriptorPool, Value as Option_};
use serde_json::{Value, json};

use super::{
    super::{
        Cause, Contacts, Delivery, EndCause, SetUp,
        grounds::{ContractTerm, Declaration},
        item::Acknowledgement,
        joint_test::{Side, Signature, TestStep},
        refusal::ConnectionRefusal,
    },
    world::{TERMS, World},
};
use crate::vectors;

/// What those of the stories may do, as identity's table says it.
fn permissions(who: &str) -> &'static [&'static str] {
    match who {
        "provider administrator" => {
            &["channels.connect", "channels.test", "channels.suspend", "channels.end", "channels.read"]
        }
        "provider supervisor" => &["channels.test", "channels.read"],
        "provider front desk" => &["channels.read"],
        "channel administrator" => &[
            "channels.go-live",
            "channels.set-up",
            "channels.test",
            "channels.acknowledge",
            "channels.suspend",
            "channels.end",
        ],
        "channel editor" => &["channels.set-up", "channels.test", "channels.acknowledge"],
        "channel agent" => &["channels.read"],
        "support" => &["channels.acknowledge", "channels.suspend", "channels.end", "channels.read"],
        other => panic!("who is {other}?"),
    }
}

/// The RPC of a step.
fn rpc(step: &str) -> Option<&'static str> {
    Some(match step {
        "declare_intent" => "DeclareIntent",
        "tick" => "TickServices",
        "activate" => "ActivateConnection",
        "accept_consent" => "AcceptConsent",
        "set_up" => "SetUpConnection",
        "start_test" => "StartJointTest",
        "sign_test" => "SignJointTest",
        "go_live" => "GoLive",
        "suspend" => "SuspendConnection",
        "resume" => "ResumeConnection",
        "switch_off" => "SwitchOffConnection",
        "notify" => "NotifyOfService",
        "acknowledge" => "AcknowledgeService",
        _ => return None,
    })
}

fn may(contract: &DescriptorPool, who: &str, step: &str) -> bool {
    let Some(rpc) = rpc(step) else { return true };
    let service = contract.get_service_by_name("careway.channels.v1.ConnectionService").unwrap();
    let method = service.methods().find(|method| method.name() == rpc).unwrap();
    let requires = contract.get_extension_by_name("careway.access.v1.requires").unwrap();
    let options = method.options();
    let required = options.get_extension(&requires);
    let Option_::String(required) = required.as_ref() else { panic!("{rpc} requires nothing") };
    permissions(who).contains(&required.as_str())
}

#[test]
fn every_story() {
    let contract = DescriptorPool::decode(careway_contract::DESCRIPTOR_SET).unwrap();
    let rows = vectors::read("connection.jsonl");
    assert_eq!(rows.len(), 19);
    for row in rows {
        let mut world = World::of(&row["world"]);
        for (at, step) in row["steps"].as_array().unwrap().iter().enumerate() {
            if let Some(now) = step["at"].as_str() {
                world.now = now.parse().unwrap();
            }
            world.settle();
            let name = step["do"].as_str().unwrap();
            let allowed = step["by"].as_str().is_none_or(|who| may(&contract, who, name));
            let answer = if allowed { play(&mut world, step) } else { json!("PERMISSION_DENIED") };
            assert_eq!(answer, step["expect"], "{}, step {at}: {step}", row["id"]);
        }
    }
}

/// Takes a step of a story; the answer as the stories tell it.
fn play(world: &mut World, step: &Value) -> Value {
    match take(world, step) {
        Ok(answer) => answer,
        Err(ConnectionRefusal::NotReady(missing)) => {
            json!(missing.iter().map(|one| world.named(&one.to_string())).collect::<Vec<_>>())
        }
        Err(ConnectionRefusal::WrongState(_)) => json!("WRONG_STATE"),
        Err(ConnectionRefusal::Ended) => json!("CONNECTION_ENDED"),
        Err(ConnectionRefusal::ConsentNotCurrent) => json!("CONSENT_NOT_CURRENT"),
        Err(ConnectionRefusal::LastService) => json!("LAST_SERVICE"),
        Err(other) => panic!("no story is refused so: {other}"),
    }
}

fn take(world: &mut World, step: &Value) -> Result<Value, ConnectionRefusal> {
    let grounds = world.grounds();
    let by = step["by"].as_str().unwrap_or_default();
    match step["do"].as_str().unwrap() {
        "record_contract" => {
            let day = |field: &str| step[field].as_str().map(|day| day.parse().unwrap());
            let from = day("from").unwrap();
            world.contracts.push(ContractTerm { confirmed: false, from, to: day("to") });
            return Ok(json!("PROPOSED"));
        }
        "confirm_contract" => {
            world.contracts.last_mut().unwrap().confirmed = true;
            return Ok(json!("CONFIRMED"));
        }
        "publish_consent" => world.declarations.push(Declaration {
            version: step["version"].as_str().unwrap().parse().unwrap(),
            in_force_from: step["from"].as_str().unwrap().parse().unwrap(),
        }),
        "calendar" => {
            let service = world.service(step);
            world.offered.get_mut(&service).unwrap().calendar = step["has"].as_bool().unwrap();
        }
        "price" => {
            let service = world.service(step);
            let terms = step["has"].as_bool().unwrap().then_some(TERMS);
            world.offered.get_mut(&service).unwrap().terms = terms;
        }
        "delete_service" => _ = world.offered.remove(&world.service(step)),
        "see" | "time" => {}
        "see_item" => return Ok(item(world, step)),
        "declare_intent" => world.connection.declare_intent(&grounds)?,
        "mail_sent" => world.connection.intent_ended(match step["outcome"].as_str() {
            Some("ACCEPTED") => Delivery::Accepted,
            _ => Delivery::Failed,
        })?,
        "tick" => {
            let services: BTreeSet<_> = names(step, "services").map(|name| world.names[name]).collect();
            world.connection.tick(&services)?;
            return Ok(ticked(world));
        }
        "activate" => world.connection.activate(&grounds)?,
        "accept_consent" => {
            let version = step["version"].as_str().unwrap().parse().unwrap();
            world.connection.accept_consent(version, step["hash"].is_null(), &grounds)?;
        }
        "set_up" => {
            let codes: BTreeMap<_, _> =
                names(step, "mapping").map(|name| (world.names[name], name.to_uppercase())).collect();
            let contact = || "Ioana Pop, +40 21 555 0100".to_owned();
            world.endpoint_verified = step["endpointAnswers"].as_bool().unwrap_or(true);
            let grounds = world.grounds();
            let set_up = SetUp {
                health_url: "https://assistance.example/health".to_owned(),
                endpoint_answered: true,
                contacts: Contacts { technical: contact(), emergency: contact(), operations: contact() },
            };
            world.connection.set_up(set_up, &codes, &grounds)?;
        }
        "start_test" => {
            let (id, meeting) = world.meeting();
            world.connection.start_test(id, meeting, &grounds)?;
        }
        "test_steps" => {
            for name in names(step, "green") {
                let seen = TestStep::ALL.into_iter().find(|known| known.as_str() == name).unwrap();
                assert!(world.connection.see(seen));
            }
        }
        "sign_test" => {
            let side = if by.starts_with("provider") { Side::Provider } else { Side::Channel };
            world.connection.sign_test(side, Signature { by: by.to_owned(), at: world.now })?;
            let passed = world.connection.test.as_ref().unwrap().passed_at().is_some();
            return Ok(json!(if passed { "PASSED" } else { "SIGNED" }));
        }
        "go_live" => world.connection.go_live(&grounds)?,
        "suspend" => {
            world.connection.suspend(cause(step))?;
            return Ok(suspended(world));
        }
        "resume" => {
            let cause = cause(step);
            let given = by.split(' ').next().filter(|kind| !kind.is_empty()).map(|kind| match kind {
                "provider" => OrganizationKind::Facility,
                "channel" => OrganizationKind::Channel,
                _ => OrganizationKind::Platform,
            });
            assert!(given.is_none_or(|kind| Cause::of(kind) == Some(cause)), "a cause of somebody else's");
            world.connection.resume(cause)?;
            return Ok(suspended(world));
        }
        "switch_off" => world.connection.end(EndCause::SwitchedOff)?,
        "notify" => {
            assert!(world.connection.notify(world.notice(), world.service(step), &grounds)?);
            return Ok(item(world, step));
        }
        "acknowledge" => {
            let acknowledgement = match by {
                "support" => Acknowledgement::System,
                _ => Acknowledgement::Channel(step["mapping"].as_str().map(str::to_owned)),
            };
            if !world.connection.acknowledge(world.service(step), acknowledgement)? {
                return Ok(json!("NOT_FOUND"));
            }
            return Ok(item(world, step));
        }
        other => panic!("no such step: {other}"),
    }
    world.settle();
    Ok(state(world))
}

fn names<'a>(step: &'a Value, field: &str) -> impl Iterator<Item = &'a str> {
    step[field].as_array().unwrap().iter().map(|name| name.as_str().unwrap())
}

fn cause(step: &Value) -> Cause {
    let name = step["cause"].as_str().unwrap();
    Cause::ALL.into_iter().find(|cause| cause.as_str() == name).unwrap()
}

fn state(world: &World) -> Value {
    let state = world.connection.state.as_str();
    match world.connection.end_cause {
        Some(cause) => json!([state, cause.as_str()]),
        None => json!(state),
    }
}

fn suspended(world: &World) -> Value {
    let causes: Vec<_> = world.connection.causes.iter().map(|cause| cause.as_str()).collect();
    json!([world.connection.state.as_str(), causes])
}

fn item(world: &World, step: &Value) -> Value {
    let item = world.connection.items.get(&world.service(step));
    json!(item.map_or("UNPUBLISHED", |item| item.state.as_str()))
}

fn ticked(world: &World) -> Value {
    let ticked = world.names.iter().filter_map(|(name, id)| {
        let item = world.connection.items.get(id).filter(|item| item.ticked)?;
        Some((name.clone(), item.state.as_str()))
    });
    if world.connection.state.is_open() {
        json!(ticked.collect::<BTreeMap<_, _>>())
    } else {
        json!(ticked.map(|(name, _)| name).collect::<Vec<_>>())
    }
}
