//! What the author of a campaign gives, read from a request; and the words that it names.

use careway_contract::renewals::v1::{CreateCampaignRequest, campaign};
use careway_kernel::{OrganizationId, TemplateId, Violations, text::Line};
use careway_service::{Result, instant};
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::domain::{
    Campaign, CampaignContent, Kind, TemplateVersion, refusal::CampaignRefusal, steps::Steps,
};
use crate::{
    messages::Channel,
    templates::{
        self,
        domain::{Purpose, built_in::built_in},
        find::find_template,
        shown_channel,
    },
};

/// What is asked for; the words are still to be found.
pub(super) struct Asked {
    name: String,
    kind: Kind,
    channel: Channel,
    steps: Steps,
    due: Option<TemplateId>,
    lapsed: Option<TemplateId>,
    starts_at: Option<DateTime<Utc>>,
    most_segments: i32,
    budget: Option<i64>,
}

impl Asked {
    /// How many segments it may use up.
    pub(super) fn budget(&self) -> Option<i64> {
        self.budget
    }
}

/// The content, with everything that is wrong with its form.
pub(super) fn parse(v: &mut Violations, given: &CreateCampaignRequest) -> Option<Asked> {
    let name = v.required("name", given.name.as_str(), Line::<100>::parse);
    let kind = v.present("kind", kind(given.kind()));
    let channel = v.present("channel", templates::channel(given.channel()));
    let steps = v.field("steps", Steps::parse(&given.steps));
    let due = v.optional("dueTemplateId", given.due_template_id.as_str(), TemplateId::parse);
    let lapsed = v.optional("lapsedTemplateId", given.lapsed_template_id.as_str(), TemplateId::parse);
    let starts_at = match &given.starts_at {
        Some(timestamp) => v.present("startsAt", instant(*timestamp)).map(Some),
        None => Some(None),
    };
    let most_segments = templates::most_segments(v, given.most_segments);
    v.check("budgetSegments", given.budget_segments >= 0, "must not be negative");
    Some(Asked {
        name: name?.into(),
        kind: kind?,
        channel: channel?,
        steps: steps?,
        due: due?,
        lapsed: lapsed?,
        starts_at: starts_at?,
        most_segments,
        budget: Some(given.budget_segments.into()).filter(|budget| *budget > 0),
    })
}

/// A campaign as it would be asked for, so that a change is read as what it comes to.
pub(super) fn as_asked(campaign: &Campaign) -> CreateCampaignRequest {
    let content = &campaign.content;
    let id = |template: Option<TemplateVersion>| template.map(|it| it.id.to_string()).unwrap_or_default();
    CreateCampaignRequest {
        authority_id: campaign.authority.to_string(),
        name: content.name.clone(),
        kind: shown_kind(content.kind).into(),
        channel: shown_channel(content.channel).into(),
        steps: content.steps.as_slice().to_vec(),
        due_template_id: id(content.due),
        lapsed_template_id: id(content.lapsed),
        starts_at: content.starts_at.map(careway_service::timestamp),
        most_segments: content.most_segments,
        budget_segments: content.budget.and_then(|budget| budget.try_into().ok()).unwrap_or_default(),
    }
}

/// The content with the words that its steps need, in their latest versions: the agency's own, the authority's, or built-in
/// ones. Words of another authority, that the agency collects for too, are not said in this one's name.
pub(super) async fn resolve(
    conn: &mut PgConnection,
    parties: [OrganizationId; 2],
    asked: Asked,
) -> Result<CampaignContent> {
    let Asked { name, kind, channel, steps, starts_at, most_segments, budget, .. } = asked;
    let mut words = [None, None];
    let needed =
        [(Purpose::Due, asked.due, steps.has_due()), (Purpose::Lapsed, asked.lapsed, steps.has_lapsed())];
    for (place, (purpose, named, needed)) in words.iter_mut().zip(needed) {
        if needed {
            *place = Some(find_words(conn, parties, (purpose, channel), named).await?);
        }
    }
    let [due, lapsed] = words;
    Ok(CampaignContent { name, kind, channel, steps, due, lapsed, starts_at, most_segments, budget })
}

/// The template that is named, or the built-in one.
async fn find_words(
    conn: &mut PgConnection,
    [authority, agency]: [OrganizationId; 2],
    (purpose, channel): (Purpose, Channel),
    named: Option<TemplateId>,
) -> Result<TemplateVersion> {
    let found = match named {
        Some(id) => find_template(conn, agency, id, None).await?,
        None => {
            built_in().into_iter().find(|it| (it.content.purpose, it.content.channel) == (purpose, channel))
        }
    };
    let fitting = found.filter(|template| {
        (template.content.purpose, template.content.channel) == (purpose, channel)
            && template.owner.is_none_or(|owner| [authority, agency].contains(&owner))
    });
    let template = fitting.ok_or(CampaignRefusal::TemplateUnknown)?;
    Ok(TemplateVersion { id: template.id, version: template.version })
}

fn kind(kind: campaign::Kind) -> Option<Kind> {
    match kind {
        campaign::Kind::Unspecified => None,
        campaign::Kind::Once => Some(Kind::Once),
        campaign::Kind::Standing => Some(Kind::Standing),
    }
}

pub(super) fn shown_kind(kind: Kind) -> campaign::Kind {
    match kind {
        Kind::Once => campaign::Kind::Once,
        Kind::Standing => campaign::Kind::Standing,
    }
}
