//! Read what the channel sells, provider by provider.

use std::collections::BTreeSet;

use careway_contract::channels::v1::{GetCatalogueRequest, GetCatalogueResponse};
use careway_kernel::Violations;
use careway_service::{Call, Error, Paging, Result};
use uuid::Uuid;

use super::{
    domain::SoldService,
    store::{self, Place},
    view,
};
use crate::{App, connections::domain::joint_test::TestStep, joint_tests};

pub(crate) async fn get_catalogue(
    app: &App,
    call: &Call,
    request: GetCatalogueRequest,
) -> Result<GetCatalogueResponse> {
    let channel = call.caller.channel()?;
    let mut v = Violations::default();
    let wanted = (request.page_size, request.page_token.as_str());
    let filter = GetCatalogueRequest::default();
    let paging = Paging::parse(&mut v, &app.page_key, "GetCatalogue", channel.uuid(), &filter, wanted);
    let (paging,) = v.all((paging,))?;
    let after = paging.after().map(read).transpose()?;
    let services = {
        let mut reader = app.db.read(call).await?;
        store::list_sold(&mut reader, channel, after, paging.limit()).await?
    };
    let tested: BTreeSet<_> = services.iter().filter(|one| one.test).map(|one| one.connection).collect();
    for connection in tested {
        joint_tests::saw(app, connection, &[TestStep::Catalogue]).await;
    }
    let (services, next_page_token) = paging.cut(services, cursor);
    Ok(GetCatalogueResponse { services: services.iter().map(view::sold).collect(), next_page_token })
}

fn cursor(service: &SoldService) -> Vec<u8> {
    [*service.connection.uuid().as_bytes(), *service.service.uuid().as_bytes()].concat()
}

fn read(cursor: &[u8]) -> Result<Place> {
    let pair =
        cursor.split_at_checked(16).ok_or_else(|| Error::internal(anyhow::anyhow!("a short cursor")))?;
    let id = |bytes| Uuid::from_slice(bytes).map_err(Error::internal);
    Ok(Place { connection: id(pair.0)?, service: id(pair.1)? })
}
