//! Give a template other words: a new version; whoever approved the former approved those.

use careway_contract::renewals::v1::{ReplaceTemplateRequest, ReplaceTemplateResponse};
use careway_kernel::{TemplateId, Violations};
use careway_service::{Call, Error, Keyed, path_id};

use super::{
    content,
    domain::{Template, built_in::find_built_in, refusal::TemplateRefusal},
    store, view,
};
use crate::App;

pub(crate) async fn replace_template(
    app: &App,
    call: &Call,
    request: ReplaceTemplateRequest,
) -> Keyed<ReplaceTemplateResponse> {
    let owner = call.caller.organization()?;
    let id: TemplateId = path_id("template", &request.template_id)?;
    call.expected_version()?;
    let mut v = Violations::default();
    let content = content::parse(&mut v, &request.content.unwrap_or_default());
    if find_built_in(id).is_some() {
        return Err(TemplateRefusal::BuiltIn.into());
    }

    let mut tx = app.db.begin(call).await?;
    let Some(former) = store::lock_template(&mut tx, owner, id).await? else {
        v.finish()?;
        return Err(Error::not_found("template").into());
    };
    call.check_version(former.version)?;
    if let Some(content) = &content {
        let kept = "must stay what it is: campaigns were made with it";
        v.check("purpose", content.purpose == former.content.purpose, kept);
        v.check("channel", content.channel == former.content.channel, kept);
        v.check("language", content.language == former.content.language, kept);
    }
    let (content,) = v.all((content,))?;
    content.check()?;

    let template = Template { version: former.version + 1, content, changed_at: Some(tx.now()), ..former };
    store::insert_version(&mut tx, &template, &call.caller.subject.to_string()).await?;
    tx.commit(ReplaceTemplateResponse { template: Some(view::template(&template)) }).await
}
