//! Prices as the contract of the API shows them.

use careway_contract::{
    types::v1::Money as MoneyMessage,
    visits::v1::{self as proto, tariff::Kind},
};

use super::domain::KeptPrice;
use crate::{adjudication::input::TariffKind, plans::view::texts};

pub(crate) fn tariff(kept_price: &KeptPrice) -> proto::Tariff {
    let price = &kept_price.price;
    let kind = match price.kind {
        TariffKind::Service => Kind::Service,
        TariffKind::Medicine => Kind::Medicine,
    };
    let medicine = price.medicine.clone();
    proto::Tariff {
        tariff_id: kept_price.id.to_string(),
        payer_id: kept_price.payer.to_string(),
        facility_id: price.facility.map(|id| id.to_string()).unwrap_or_default(),
        code: price.code.clone(),
        kind: kind.into(),
        names: texts(&price.names),
        benefits: price.benefits.iter().map(|code| code.as_str().to_owned()).collect(),
        price: Some(MoneyMessage {
            currency: price.price.currency.code().to_owned(),
            amount: price.price.amount(),
        }),
        from: price.from.to_string(),
        to: price.to.map(|day| day.to_string()).unwrap_or_default(),
        most_quantity: price.most_quantity.map(|it| it.to_string()).unwrap_or_default(),
        atc_code: medicine.atc_code.unwrap_or_default(),
        form: medicine.form.unwrap_or_default(),
        strength: medicine.strength.unwrap_or_default(),
    }
}
