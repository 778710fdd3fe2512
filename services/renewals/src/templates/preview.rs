//! Show what a template says of a card, and what it costs; also in words that are not saved yet.

use careway_contract::renewals::v1::{PreviewTemplateRequest, PreviewTemplateResponse};
use careway_kernel::{TemplateId, Violations};
use careway_service::{Call, Error, Result, path_id};

use super::{
    content,
    domain::{
        values::{Placeholder, Values},
        words::Cost,
    },
    find::find_template,
    view,
};
use crate::App;

/// The card of a preview when none is given.
const SAMPLE: [(Placeholder, &str); 5] = [
    (Placeholder::Card, "7936491863"),
    (Placeholder::Name, "Trần Thị Hoà"),
    (Placeholder::ExpiresOn, "22/09/2018"),
    (Placeholder::AgencyCode, "BI0902I"),
    (Placeholder::Agency, "Đại lý thu BHYT Hộ gia đình Phường Long Thạnh Mỹ"),
];

pub(crate) async fn preview_template(
    app: &App,
    call: &Call,
    request: PreviewTemplateRequest,
) -> Result<PreviewTemplateResponse> {
    let organization = call.caller.organization()?;
    let id: TemplateId = path_id("template", &request.template_id)?;
    let mut v = Violations::default();
    let tried = match &request.content {
        Some(given) => v.within("content", |v| content::parse(v, given)).map(Some),
        None => Some(None),
    };
    let most_segments = content::most_segments(&mut v, request.most_segments);
    for name in request.values.keys() {
        v.check("values", Placeholder::parse(name).is_some(), "must be named as placeholders are");
    }
    let (tried,) = v.all((tried,))?;

    let saved = {
        let mut reader = app.db.read(call).await?;
        find_template(&mut reader, organization, id, None).await?.ok_or(Error::not_found("template"))?
    };
    let content = tried.unwrap_or(saved.content);
    let values = match request.values.is_empty() {
        true => SAMPLE.iter().fold(Values::default(), |values, (name, value)| values.with(*name, *value)),
        false => request.values.into_iter().fold(Values::default(), |values, (name, value)| {
            Placeholder::parse(&name).map_or(values.clone(), |name| values.with(name, value))
        }),
    };
    let cost = Cost::up_to(usize::try_from(most_segments).unwrap_or_default());
    let composed = content.compose(&values, cost)?;
    Ok(PreviewTemplateResponse { preview: Some(view::preview(&composed)) })
}
