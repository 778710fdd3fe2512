//! The words of a reminder for one card, in the template's version that the campaign was submitted with.

use careway_service::{Error, Result};
use chrono::NaiveDate;
use sqlx::PgConnection;

use super::domain::{CampaignContent, refusal::CampaignRefusal, suppression::Suppression};
use crate::templates::{
    domain::{
        Composed, TemplateContent, Uncomposable,
        values::{Placeholder, ValueRefusal, Values},
        words::Cost,
    },
    find::find_version,
};

/// What a reminder says of a card.
pub(super) struct Card {
    pub(super) bhxh_number: String,
    pub(super) full_name: String,
    pub(super) last_day: NaiveDate,
    pub(super) agency_code: String,
    pub(super) agency_name: String,
}

impl Card {
    fn values(&self) -> Values {
        Values::default()
            .with(Placeholder::Card, &self.bhxh_number)
            .with(Placeholder::Name, &self.full_name)
            .with(Placeholder::ExpiresOn, self.last_day.format("%d/%m/%Y").to_string())
            .with(Placeholder::AgencyCode, &self.agency_code)
            .with(Placeholder::Agency, &self.agency_name)
    }
}

/// The template of a step, in the version that the campaign was submitted with.
pub(super) async fn get_template(
    conn: &mut PgConnection,
    content: &CampaignContent,
    step: i32,
) -> Result<TemplateContent> {
    let version = content.template(step).ok_or_else(|| lost("the campaign has no words for the step"))?;
    let template = find_version(conn, version.id, version.version).await?;
    Ok(template.ok_or(CampaignRefusal::TemplateUnknown)?.content)
}

/// The words for a card, or why this card has none.
pub(super) fn compose(
    template: &TemplateContent,
    most_segments: i32,
    card: &Card,
) -> Result<std::result::Result<Composed, Suppression>> {
    let cost = Cost::up_to(usize::try_from(most_segments).unwrap_or_default());
    match template.compose(&card.values(), cost) {
        Ok(composed) => Ok(Ok(composed)),
        Err(Uncomposable::Value(ValueRefusal::Missing(_))) => Ok(Err(Suppression::ValueMissing)),
        Err(Uncomposable::Value(ValueRefusal::NotPlainText(_))) => Ok(Err(Suppression::ValueNotPlainText)),
        Err(Uncomposable::Template(refusal)) => Err(Error::internal(anyhow::anyhow!(refusal))),
    }
}

fn lost(what: &'static str) -> Error {
    Error::internal(anyhow::anyhow!(what))
}

/// How many segments it costs; a mail costs none.
pub(super) fn segments(composed: &Composed) -> i32 {
    match composed {
        Composed::Sms(rendered) => i32::try_from(rendered.sent().segments).unwrap_or(i32::MAX),
        Composed::Email { .. } => 0,
    }
}
