//! How a connection stops and ends, over gRPC and by itself.

use std::{sync::atomic::Ordering, time::Duration};

use careway_contract::channels::v1::{connection::State, *};
use careway_testing::{Person, eventually, refusal};

use crate::test_channels::TestChannels;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

impl TestChannels {
    async fn suspend(&self, id: &str, person: &Person) -> Connection {
        let request = SuspendConnectionRequest { connection_id: id.to_owned() };
        let done = self.connections().suspend_connection(self.by(person, request)).await.unwrap();
        done.into_inner().connection.unwrap()
    }

    async fn resume(&self, id: &str, person: &Person) -> Result<Connection, tonic::Status> {
        let request = ResumeConnectionRequest { connection_id: id.to_owned() };
        let done = self.connections().resume_connection(self.by(person, request)).await?;
        Ok(done.into_inner().connection.unwrap())
    }

    async fn ended(&self, id: &str, cause: &str) {
        eventually("the connection has ended", async || {
            let connection = self.connection(id).await;
            connection.state() == State::Ended && connection.end_cause == cause
        })
        .await;
    }
}

#[tokio::test]
async fn each_side_lifts_its_own_cause() {
    let service = TestChannels::run().await;
    let doctor = service.doctor().await;
    let x_ray = service.service("X", &doctor).await;
    let id = service.live(&[&x_ray]).await;
    service.suspend(&id, &service.provider).await;
    let stopped = service.suspend(&id, &service.support).await;
    assert_eq!(stopped.causes.len(), 2);
    assert_eq!(refusal(service.resume(&id, &service.channel).await).reason(), "CONNECTION_WRONG_STATE");
    assert_eq!(service.resume(&id, &service.provider).await.unwrap().state(), State::Suspended);
    assert_eq!(service.resume(&id, &service.support).await.unwrap().state(), State::Live);
    eventually("the channel is told", async || {
        !service.renewals.mails("connection_suspended").is_empty()
            && service.renewals.mails("connection_live").len() == 2
    })
    .await;
}

#[tokio::test]
async fn it_ends_with_its_last_service_and_a_published_one_without_hours_is_withdrawn() {
    let service = TestChannels::run().await;
    let (doctor, other) = (service.doctor().await, service.doctor().await);
    let (x_ray, mri) = (service.service("X", &doctor).await, service.service("M", &other).await);
    let id = service.live(&[&x_ray, &mri]).await;
    service.set_hours(&other, 1, &[]).await;
    eventually("it is withdrawn", async || {
        let services = service.connection(&id).await.services;
        services
            .iter()
            .any(|item| item.service_id == mri && item.state() == connected_service::State::Withdrawn)
    })
    .await;
    let empty = TickServicesRequest { connection_id: id.clone(), service_ids: Vec::new() };
    let refused = service.connections().tick_services(service.by(&service.provider, empty)).await;
    assert_eq!(refusal(refused).reason(), "LAST_SERVICE");
    for gone in [&x_ray, &mri] {
        let request = DeleteServiceRequest { service_id: gone.clone() };
        service.services().delete_service(service.by(&service.provider, request)).await.unwrap();
    }
    service.ended(&id, "LAST_SERVICE_DELETED").await;
    let late = GoLiveRequest { connection_id: id.clone() };
    let late = service.connections().go_live(service.by(&service.channel, late)).await;
    assert_eq!(refusal(late).reason(), "CONNECTION_ENDED");
    service.connect().await;
}

#[tokio::test]
async fn it_ends_with_its_contract_and_stands_still_without_the_new_consent() {
    let service = TestChannels::run().await;
    let doctor = service.doctor().await;
    let x_ray = service.service("X", &doctor).await;
    let id = service.live(&[&x_ray]).await;
    let newer = service.consent(&service.day(1), "Sunt în continuare de acord.").await;
    service.clock.advance(DAY * 30);
    assert_eq!(service.connection(&id).await.state(), State::Live);
    service.clock.advance(DAY);
    eventually("it stands still", async || service.connection(&id).await.state() == State::Suspended).await;
    assert_eq!(service.accept(&id, &newer).await.state(), State::Live);
    service.clock.advance(DAY * 170);
    service.ended(&id, "CONTRACT_LAPSED").await;
    assert_eq!(service.said("ServiceWithdrawn").await, 1);
}

#[tokio::test]
async fn either_side_ends_it_and_the_provider_switches_it_off() {
    let service = TestChannels::run().await;
    let id = service.connect().await;
    let request = EndConnectionRequest { connection_id: id.clone() };
    service.connections().end_connection(service.by(&service.channel, request)).await.unwrap();
    assert_eq!(service.connection(&id).await.end_cause, "ENDED_BY_CHANNEL");
    let id = service.connect().await;
    let request = SwitchOffConnectionRequest { connection_id: id.clone() };
    service.connections().switch_off_connection(service.by(&service.provider, request)).await.unwrap();
    assert_eq!(service.connection(&id).await.end_cause, "SWITCHED_OFF");
    let request = SwitchOffConnectionRequest { connection_id: id };
    let again = service.connections().switch_off_connection(service.by(&service.provider, request)).await;
    assert_eq!(refusal(again).reason(), "CONNECTION_ENDED");
}

#[tokio::test]
async fn a_system_that_is_not_well_stops_the_connection_until_it_is() {
    let service = TestChannels::run().await;
    let doctor = service.doctor().await;
    let x_ray = service.service("X", &doctor).await;
    let id = service.live(&[&x_ray]).await;
    let first = "select count(*) from connection_pulse where successes = 1";
    eventually("it is asked once", async || service.count(first).await == 1).await;
    let asked = async |well: bool| {
        service.system.well.store(well, Ordering::SeqCst);
        let column = if well { "successes" } else { "failures" };
        let count = format!("select coalesce(sum({column}), 0) from connection_pulse");
        let before = service.count(&count).await;
        service.clock.advance(Duration::from_secs(61));
        eventually("it is asked", async || service.count(&count).await > before).await;
    };
    for _ in 0..4 {
        asked(false).await;
    }
    assert_eq!(service.connection(&id).await.state(), State::Live);
    asked(false).await;
    eventually("it stands still", async || service.connection(&id).await.state() == State::Suspended).await;
    let mine = service.resume(&id, &service.provider).await;
    assert_eq!(refusal(mine).reason(), "CONNECTION_WRONG_STATE", "health is nobody's to lift");
    for _ in 0..3 {
        asked(true).await;
    }
    eventually("it is live", async || service.connection(&id).await.state() == State::Live).await;
}
