//! The steps of a connection. Each asks anew for all that the steps before it needed.

use std::collections::{BTreeMap, BTreeSet};

use careway_kernel::{ChannelNoticeId, JointTestId, ServiceId};

use super::{
    Cause, Connection, Delivery, EndCause, SetUp, State,
    grounds::Grounds,
    item::{Acknowledgement, Item, ItemState},
    joint_test::{JointTest, Meeting, Side, Signature, TestStep},
    missing::Missing,
    notice::NoticeKind,
    refusal::{ConnectionRefusal, Step},
};

impl Connection {
    /// The provider says that it wants to publish its services by this channel.
    pub(crate) fn declare_intent(&mut self, grounds: &Grounds) -> Step {
        self.in_one_of(&[State::Draft, State::IntentDeclared])?;
        ready(grounds.missing_for(self, State::IntentDeclared))?;
        self.intent = Some(Delivery::Waiting);
        self.come_to(State::IntentDeclared)
    }

    /// What became of the mail that declared the intent.
    pub(crate) fn intent_ended(&mut self, delivery: Delivery) -> Step {
        self.in_one_of(&[State::IntentDeclared])?;
        self.intent = Some(delivery);
        self.changed()
    }

    /// The provider ticks exactly these services.
    pub(crate) fn tick(&mut self, services: &BTreeSet<ServiceId>) -> Step {
        self.not_ended()?;
        if services.is_empty() && self.state.is_open() {
            return Err(ConnectionRefusal::LastService);
        }
        let before: BTreeSet<_> = self.ticked().map(|(service, _)| service).collect();
        for (service, item) in &mut self.items {
            if !services.contains(service) {
                item.untick();
            }
        }
        for service in services {
            self.items.entry(*service).or_insert_with(Item::new).tick();
        }
        if before != *services {
            self.revision += 1;
        }
        self.changed()
    }

    /// The provider activates the channel.
    pub(crate) fn activate(&mut self, grounds: &Grounds) -> Step {
        self.in_one_of(&[State::IntentDeclared])?;
        ready(grounds.missing_for(self, State::Activated))?;
        self.come_to(State::Activated)
    }

    /// The provider accepts the declaration of consent; a newer text is accepted in place, and lifts what its absence
    /// caused. `current` says whether the text that was shown is the one in force.
    pub(crate) fn accept_consent(&mut self, version: i32, current: bool, grounds: &Grounds) -> Step {
        self.not_ended()?;
        if self.state < State::Activated {
            return Err(ConnectionRefusal::WrongState(self.state));
        }
        let in_force = grounds.declaration.as_ref().is_some_and(|declaration| declaration.version == version);
        if !current || !in_force {
            return Err(ConnectionRefusal::ConsentNotCurrent);
        }
        if self.state == State::Activated {
            ready(grounds.missing_for(self, State::Consented))?;
            self.state = State::Consented;
        }
        self.consent_version = Some(version);
        self.lift(Cause::ConsentOutdated);
        self.changed()
    }

    /// The channel sets up its side. What it gives is kept only if nothing is missing.
    pub(crate) fn set_up(
        &mut self,
        set_up: SetUp,
        codes: &BTreeMap<ServiceId, String>,
        grounds: &Grounds,
    ) -> Step {
        self.in_one_of(&[State::Consented, State::SetUp, State::Testing])?;
        let before = self.clone();
        self.set_up = Some(set_up);
        for (service, item) in &mut self.items {
            item.code = codes.get(service).cloned();
        }
        if let Err(refusal) = ready(grounds.missing_for(self, State::SetUp)) {
            *self = before;
            return Err(refusal);
        }
        self.revision += 1;
        self.come_to(State::SetUp)
    }

    /// The two sides meet to test.
    pub(crate) fn start_test(&mut self, id: JointTestId, meeting: Meeting, grounds: &Grounds) -> Step {
        self.in_one_of(&[State::SetUp, State::Testing])?;
        ready(grounds.missing_for(self, State::Testing))?;
        self.test = Some(JointTest::begin(id, meeting, self.revision));
        self.come_to(State::Testing)
    }

    /// The system saw a step of the test done; whether that was news.
    pub(crate) fn see(&mut self, step: TestStep) -> bool {
        let test = self.test.as_mut().filter(|_| self.state == State::Testing);
        let news = test.is_some_and(|test| test.green.insert(step));
        self.version += i64::from(news);
        news
    }

    /// Why no step is seen while nothing is tested.
    pub(crate) fn not_testing(&self) -> ConnectionRefusal {
        let state = self.state;
        if state == State::Ended { ConnectionRefusal::Ended } else { ConnectionRefusal::WrongState(state) }
    }

    /// One side signs the test; nobody signs a red step away.
    pub(crate) fn sign_test(&mut self, side: Side, signature: Signature) -> Step {
        self.in_one_of(&[State::Testing])?;
        let Some(test) = &mut self.test else { return Err(ConnectionRefusal::WrongState(self.state)) };
        ready(test.red().map(Missing::StepNotGreen).collect())?;
        test.sign(side, signature);
        self.changed()
    }

    /// The channel activates the provider: what is ticked is in its catalogue.
    pub(crate) fn go_live(&mut self, grounds: &Grounds) -> Step {
        self.in_one_of(&[State::Testing])?;
        ready(grounds.missing_for(self, State::Live))?;
        for (service, item) in self.items.iter_mut().filter(|(_, item)| item.ticked) {
            item.publish(grounds.terms_of(*service));
        }
        self.come_to(State::Live)
    }

    /// Stops the connection for one more cause.
    pub(crate) fn suspend(&mut self, cause: Cause) -> Step {
        self.in_one_of(&State::OPEN)?;
        self.causes.insert(cause);
        self.come_to(State::Suspended)
    }

    /// Lifts a cause; without any the connection is live again.
    pub(crate) fn resume(&mut self, cause: Cause) -> Step {
        self.in_one_of(&[State::Suspended])?;
        if !self.causes.contains(&cause) {
            return Err(ConnectionRefusal::WrongState(self.state));
        }
        self.lift(cause);
        self.changed()
    }

    /// Ends the connection for good.
    pub(crate) fn end(&mut self, cause: EndCause) -> Step {
        self.not_ended()?;
        for item in self.items.values_mut() {
            item.withdraw();
        }
        self.causes.clear();
        self.end_cause = Some(cause);
        self.come_to(State::Ended)
    }

    /// The provider tells both Careway and the channel of a service that is not published yet.
    pub(crate) fn notify(
        &mut self,
        id: ChannelNoticeId,
        service: ServiceId,
        grounds: &Grounds,
    ) -> Step<bool> {
        self.in_one_of(&State::OPEN)?;
        let Some(item) = self.items.get_mut(&service).filter(|item| item.awaits_notice()) else {
            return Ok(false);
        };
        ready(grounds.of_service(service))?;
        let Some(terms) = grounds.terms_of(service) else { return Ok(false) };
        item.notify(terms);
        self.send(id, service, NoticeKind::Service, terms, None, grounds.now);
        self.changed()?;
        Ok(true)
    }

    /// Careway or the channel acknowledges the notice of a service; false when there is no such notice.
    pub(crate) fn acknowledge(&mut self, service: ServiceId, acknowledgement: Acknowledgement) -> Step<bool> {
        self.in_one_of(&State::OPEN)?;
        let notified = |item: &&mut Item| item.state == ItemState::Notified;
        let Some(item) = self.items.get_mut(&service).filter(notified) else { return Ok(false) };
        if acknowledgement == Acknowledgement::Channel(None) && item.code.is_none() {
            return Err(ConnectionRefusal::NotReady([Missing::Mapping(service)].into()));
        }
        item.acknowledge(acknowledgement);
        self.changed()?;
        Ok(true)
    }

    /// What the provider offers has changed: services that are deleted or cannot be booked any more are withdrawn, and
    /// the connection ends with its last service. Whether anything changed.
    pub(crate) fn follow_offer(&mut self, grounds: &Grounds) -> bool {
        let before = self.items.clone();
        for (service, item) in &mut self.items {
            if !grounds.services.contains_key(service) {
                item.untick();
            } else if self.state.is_open() && !grounds.of_service(*service).is_empty() {
                item.withdraw();
            }
        }
        if self.items == before {
            return false;
        }
        let emptied = before.values().any(|item| item.ticked) && self.ticked().next().is_none();
        if emptied && self.state >= State::Activated && self.end(EndCause::LastServiceDeleted).is_ok() {
            return true;
        }
        self.changed().is_ok()
    }

    /// What the clock alone does: the contract lapses, a consent grows too old. Whether anything changed.
    pub(crate) fn pass_time(&mut self, grounds: &Grounds) -> bool {
        if self.state > State::Draft
            && grounds.contract_lapsed()
            && self.end(EndCause::ContractLapsed).is_ok()
        {
            return true;
        }
        let outdated = self.consent_version.is_some_and(|accepted| grounds.is_outdated(accepted));
        outdated
            && !self.causes.contains(&Cause::ConsentOutdated)
            && self.suspend(Cause::ConsentOutdated).is_ok()
    }

    fn lift(&mut self, cause: Cause) {
        self.causes.remove(&cause);
        if self.state == State::Suspended && self.causes.is_empty() {
            self.state = State::Live;
        }
    }

    fn not_ended(&self) -> Step {
        if self.state == State::Ended { Err(ConnectionRefusal::Ended) } else { Ok(()) }
    }

    pub(super) fn in_one_of(&self, states: &[State]) -> Step {
        self.not_ended()?;
        if states.contains(&self.state) { Ok(()) } else { Err(ConnectionRefusal::WrongState(self.state)) }
    }

    fn come_to(&mut self, state: State) -> Step {
        self.state = state;
        self.changed()
    }

    pub(super) fn changed(&mut self) -> Step {
        self.settle_notices();
        self.version += 1;
        Ok(())
    }
}

fn ready(missing: BTreeSet<Missing>) -> Step {
    if missing.is_empty() { Ok(()) } else { Err(ConnectionRefusal::NotReady(missing)) }
}
