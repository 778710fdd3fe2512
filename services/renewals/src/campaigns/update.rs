//! Change a draft; of a campaign that was submitted, its budget alone.

use careway_contract::renewals::v1::{CreateCampaignRequest, UpdateCampaignRequest, UpdateCampaignResponse};
use careway_kernel::{CampaignId, Violations};
use careway_service::{AuditEntry, Call, Error, Keyed, path_id};

use super::{content, domain::State, store, view};
use crate::App;

const CHANGEABLE: [&str; 9] = [
    "name",
    "kind",
    "channel",
    "steps",
    "due_template_id",
    "lapsed_template_id",
    "starts_at",
    "most_segments",
    "budget_segments",
];

pub(crate) async fn update_campaign(
    app: &App,
    call: &Call,
    request: UpdateCampaignRequest,
) -> Keyed<UpdateCampaignResponse> {
    let agency = call.caller.agency()?;
    call.expected_version()?;
    let id: CampaignId = path_id("campaign", &request.campaign_id)?;
    let fields = request.update_mask.as_ref().map(|mask| mask.paths.clone()).unwrap_or_default();

    let mut tx = app.db.begin(call).await?;
    let campaign = store::lock_campaign(&mut tx, agency, id).await?.ok_or(Error::not_found("campaign"))?;
    call.check_version(campaign.version)?;
    let mut v = Violations::default();
    for field in &fields {
        v.check(field, CHANGEABLE.contains(&field.as_str()), "cannot be changed");
    }
    let asked = content::parse(&mut v, &merged(content::as_asked(&campaign), request, &fields));
    let (asked,) = v.all((asked,))?;
    let only_budget = fields.iter().all(|field| field == "budget_segments");
    let changed = if only_budget && campaign.state != State::Draft {
        campaign.change_budget(asked.budget())?
    } else {
        let content = content::resolve(&mut tx, [campaign.authority, agency], asked).await?;
        campaign.change(content)?
    };
    store::update_campaign(&mut tx, &changed).await?;
    tx.audit(AuditEntry { action: "campaign.update", ..AuditEntry::default() });
    tx.commit(UpdateCampaignResponse { campaign: Some(view::campaign(&changed)) }).await
}

/// What it was, with the fields that are given.
fn merged(
    was: CreateCampaignRequest,
    given: UpdateCampaignRequest,
    fields: &[String],
) -> CreateCampaignRequest {
    let has = |field: &str| fields.iter().any(|it| it == field);
    CreateCampaignRequest {
        authority_id: was.authority_id,
        name: if has("name") { given.name } else { was.name },
        kind: if has("kind") { given.kind } else { was.kind },
        channel: if has("channel") { given.channel } else { was.channel },
        steps: if has("steps") { given.steps } else { was.steps },
        due_template_id: match has("due_template_id") {
            true => given.due_template_id,
            // Of another channel are other words.
            false if has("channel") => String::new(),
            false => was.due_template_id,
        },
        lapsed_template_id: match has("lapsed_template_id") {
            true => given.lapsed_template_id,
            false if has("channel") => String::new(),
            false => was.lapsed_template_id,
        },
        starts_at: if has("starts_at") { given.starts_at } else { was.starts_at },
        most_segments: if has("most_segments") { given.most_segments } else { was.most_segments },
        budget_segments: if has("budget_segments") { given.budget_segments } else { was.budget_segments },
    }
}
