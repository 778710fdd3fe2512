//! The table of service types.

use careway_service::Result;
use sqlx::{PgConnection, types::Json};

use crate::plans::domain::{Texts, service_type::ServiceType};

#[derive(sqlx::FromRow)]
struct Row {
    code: String,
    names: Json<Texts>,
}

/// All of them with their names, in the order they are shown.
pub(crate) async fn list_service_types(conn: &mut PgConnection) -> Result<Vec<(ServiceType, Texts)>> {
    let rows: Vec<Row> =
        sqlx::query_as("select code, names from service_type order by position").fetch_all(conn).await?;
    rows.into_iter().map(|row| Ok((parse(&row.code)?, row.names.0))).collect()
}

/// All their codes.
pub(crate) async fn list_codes(conn: &mut PgConnection) -> Result<Vec<ServiceType>> {
    Ok(list_service_types(conn).await?.into_iter().map(|(code, _)| code).collect())
}

/// A code that the database's own check let in.
pub(crate) fn parse(code: &str) -> Result<ServiceType> {
    ServiceType::parse(code).map_err(careway_service::Error::internal)
}
