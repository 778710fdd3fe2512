//! Finds each place a lane, and deals lanes anew where none is free though there is room.

use careway_service::Result;
use sqlx::PgConnection;

use super::{
    domain::{Asking, Occupation, Place, Seat, deal, free_lane},
    store,
};

/// The places in their lanes; none when somebody else was quicker.
pub(crate) async fn seat(
    conn: &mut PgConnection,
    places: &[Place],
    known: &[Occupation],
    asking: &Asking,
) -> Result<Option<Vec<Seat>>> {
    // Lanes are dealt anew in the order of the resources, as rows are inserted: two who do so wait for each other at the first.
    let mut places = places.to_vec();
    places.sort_by_key(|place| place.resource);
    let mut seats = Vec::new();
    for place in &places {
        let lane = match free_lane(place, known, asking) {
            Some(lane) => Some(lane),
            None => dealt(conn, place, asking).await?,
        };
        let Some(lane) = lane else { return Ok(None) };
        seats.push(Seat { place: *place, lane });
    }
    Ok(Some(seats))
}

async fn dealt(conn: &mut PgConnection, place: &Place, asking: &Asking) -> Result<Option<u16>> {
    let cluster = store::list_cluster(conn, place).await?;
    let Some(deal) = deal(place, &cluster, asking) else { return Ok(None) };
    let gone: Vec<i64> = cluster.iter().map(|taken| taken.id).collect();
    let done = store::deal_anew(conn, &gone, &deal.lanes).await?;
    Ok(done.then_some(deal.lane))
}
