//! Read a template.

use careway_contract::renewals::v1::{GetTemplateRequest, GetTemplateResponse};
use careway_service::{Call, Error, Result, path_id};

use super::{find::find_template, view};
use crate::App;

pub(crate) async fn get_template(
    app: &App,
    call: &Call,
    request: GetTemplateRequest,
) -> Result<GetTemplateResponse> {
    let organization = call.caller.organization()?;
    let id = path_id("template", &request.template_id)?;
    let version = (request.version != 0).then(|| request.version.into());
    let mut reader = app.db.read(call).await?;
    let template = find_template(&mut reader, organization, id, version).await?;
    let template = template.ok_or(Error::not_found("template"))?;
    Ok(GetTemplateResponse { template: Some(view::template(&template)) })
}
