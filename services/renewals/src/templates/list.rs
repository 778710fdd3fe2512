//! List templates: the built-in ones first, then the newest.

use careway_contract::renewals::v1::{ListTemplatesRequest, ListTemplatesResponse};
use careway_kernel::{Language, TemplateId, Violations};
use careway_service::{Call, Paging, Result};

use super::{
    content,
    domain::{
        Template,
        built_in::{built_in, find_built_in},
    },
    store::{self, TemplateFilter},
    view,
};
use crate::App;

pub(crate) async fn list_templates(
    app: &App,
    call: &Call,
    request: ListTemplatesRequest,
) -> Result<ListTemplatesResponse> {
    let organization = call.caller.organization()?;
    let mut v = Violations::default();
    let language = v.optional("language", request.language.as_str(), Language::parse);
    let bound = ListTemplatesRequest { page_size: 0, page_token: String::new(), ..request.clone() };
    let wanted = (request.page_size, request.page_token.as_str());
    let paging = Paging::parse(&mut v, &app.page_key, "ListTemplates", organization.uuid(), &bound, wanted);
    let (language, paging) = v.all((language, paging))?;
    let (purpose, channel) = (content::purpose(request.purpose()), content::channel(request.channel()));

    let after = paging.after_id()?.map(TemplateId::from_uuid);
    let mut templates = built_in_after(after);
    templates.retain(|Template { content, .. }| {
        purpose.is_none_or(|purpose| purpose == content.purpose)
            && channel.is_none_or(|channel| channel == content.channel)
            && language.is_none_or(|language| language == content.language)
    });
    let before = after.filter(|after| find_built_in(*after).is_none());
    let filter = TemplateFilter { organization, purpose, channel, language, before, limit: paging.limit() };
    let mut reader = app.db.read(call).await?;
    templates.extend(store::list_templates(&mut reader, &filter).await?);
    templates.truncate(usize::try_from(paging.limit()).unwrap_or(usize::MAX));
    let (templates, next_page_token) = paging.cut(templates, |template| *template.id.uuid().as_bytes());
    Ok(ListTemplatesResponse { templates: templates.iter().map(view::template).collect(), next_page_token })
}

/// Those of the built-in ones that were not on the pages before.
fn built_in_after(after: Option<TemplateId>) -> Vec<Template> {
    let all = built_in().into_iter();
    match after {
        None => all.collect(),
        Some(after) => all.skip_while(|template| template.id != after).skip(1).collect(),
    }
}
