//! Make a template.

use careway_contract::renewals::v1::{CreateTemplateRequest, CreateTemplateResponse};
use careway_kernel::{TemplateId, Violations};
use careway_service::{Call, Keyed};

use super::{content, domain::Template, store, view};
use crate::App;

pub(crate) async fn create_template(
    app: &App,
    call: &Call,
    request: CreateTemplateRequest,
) -> Keyed<CreateTemplateResponse> {
    let owner = call.caller.organization()?;
    let mut v = Violations::default();
    let content = content::parse(&mut v, &request.content.unwrap_or_default());
    let (content,) = v.all((content,))?;
    content.check()?;

    let mut tx = app.db.begin(call).await?;
    let (id, changed_at) = (TemplateId::new(&app.clock), Some(tx.now()));
    let template = Template { id, owner: Some(owner), version: 1, content, changed_at };
    store::insert_template(&mut tx, owner, &template).await?;
    store::insert_version(&mut tx, &template, &call.caller.subject.to_string()).await?;
    tx.commit(CreateTemplateResponse { template: Some(view::template(&template)) }).await
}
