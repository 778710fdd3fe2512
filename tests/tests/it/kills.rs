//! A service killed on the spot while it works: what it had acknowledged is there, and what its clients repeat is done once.

use careway_tests::{CODES_FOR_A_LOAD, Layout, Load, Network, Setup, World};

const PATIENTS: usize = 40;
const KILLS: usize = 3;

#[tokio::test(flavor = "multi_thread")]
async fn visits_killed_while_patients_are_admitted_loses_and_doubles_nothing() {
    let setup = Setup { layout: Layout::SeparateProcesses, settings: &CODES_FOR_A_LOAD, ..Setup::default() };
    let world = World::of(setup).await;
    let network = Network::of(&world).await;
    let load = Load::of(&world, &network, PATIENTS).await;

    let kills = async {
        for kill in 1..=KILLS {
            load.acknowledged(kill * PATIENTS / 2).await;
            let before = load.unanswered();
            world.processes().kill("visits").await;
            load.unanswered_more_than(before).await;
            world.processes().restart("visits").await;
        }
    };
    load.run_through(kills).await;
    load.compare(&world).await;
    world.end().await;
}
