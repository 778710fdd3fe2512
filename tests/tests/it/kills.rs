//! A service killed on the spot while it works: what it had acknowledged is there, and what its clients repeat is done once.

use careway_tests::{CODES_FOR_A_LOAD, Layout, Load, Network, Setup, TestPlatform};

const PATIENTS: usize = 40;
const KILLS: usize = 3;

#[tokio::test(flavor = "multi_thread")]
async fn visits_killed_while_patients_are_admitted_loses_and_doubles_nothing() {
    let setup = Setup { layout: Layout::SeparateProcesses, settings: &CODES_FOR_A_LOAD, ..Setup::default() };
    let platform = TestPlatform::of(setup).await;
    let network = Network::of(&platform).await;
    let load = Load::of(&platform, &network, PATIENTS).await;

    let kills = async {
        for kill in 1..=KILLS {
            load.acknowledged(kill * PATIENTS / 3).await;
            let before = load.unanswered();
            platform.processes().kill("visits").await;
            load.unanswered_more_than(before).await;
            platform.processes().restart("visits").await;
        }
    };
    load.run_through(kills).await;
    load.compare(&platform).await;
    platform.end().await;
}
