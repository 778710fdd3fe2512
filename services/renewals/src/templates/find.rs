//! A template by its id: a built-in one, or one that the organization may use.

use careway_kernel::{OrganizationId, TemplateId};
use careway_service::Result;
use sqlx::PgConnection;

use super::{
    domain::{Template, built_in::find_built_in},
    store,
};

/// The template in a version, its latest unless one is named.
pub(crate) async fn find_template(
    conn: &mut PgConnection,
    organization: OrganizationId,
    id: TemplateId,
    version: Option<i64>,
) -> Result<Option<Template>> {
    match find_built_in(id) {
        Some(template) => Ok(Some(template).filter(|it| version.is_none_or(|version| version == it.version))),
        None => store::find_template(conn, organization, id, version).await,
    }
}

/// A template in a version that a campaign was submitted with, whoever may use it now.
pub(crate) async fn find_version(
    conn: &mut PgConnection,
    id: TemplateId,
    version: i64,
) -> Result<Option<Template>> {
    match find_built_in(id) {
        Some(template) => Ok(Some(template)),
        None => store::find_version(conn, id, version).await,
    }
}
