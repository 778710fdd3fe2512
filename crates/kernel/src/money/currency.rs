//! The currencies of ISO 4217 that people pay with.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Not a currency that people pay with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be the ISO 4217 code of a currency that is in use")]
pub struct UnknownCurrency;

macro_rules! currencies {
    ($($decimals:literal: $($name:ident $code:literal,)*;)*) => {
        /// A currency of ISO 4217, list one of 2026, with the decimals it has there.
        ///
        /// Funds, metals, units of account and the codes for tests and for none are in the standard and are nothing that a price
        /// is in. A crate of the standard has them, and withdrawn currencies, without telling which are which, hence this
        /// table. A new currency is one more word of it; one that is withdrawn stays, since amounts are kept in it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "&'static str")]
        #[expect(missing_docs, reason = "the variants are ISO 4217 codes")]
        pub enum Currency {
            $($($name,)*)*
        }

        impl Currency {
            /// Every currency in the order of the variants, with its code and the digits of its minor unit.
            pub(super) const TABLE: &[(Self, &'static str, u32)] = &[$($((Self::$name, $code, $decimals),)*)*];
        }
    };
}

currencies! {
    0:
        Bif "BIF", Clp "CLP", Djf "DJF", Gnf "GNF", Isk "ISK", Jpy "JPY", Kmf "KMF", Krw "KRW", Pyg "PYG",
        Rwf "RWF", Ugx "UGX", Vnd "VND", Vuv "VUV", Xaf "XAF", Xof "XOF", Xpf "XPF",
    ;
    2:
        Aed "AED", Afn "AFN", All "ALL", Amd "AMD", Aoa "AOA", Ars "ARS", Aud "AUD", Awg "AWG", Azn "AZN",
        Bam "BAM", Bbd "BBD", Bdt "BDT", Bmd "BMD", Bnd "BND", Bob "BOB", Brl "BRL", Bsd "BSD", Btn "BTN",
        Bwp "BWP", Byn "BYN", Bzd "BZD", Cad "CAD", Cdf "CDF", Chf "CHF", Cny "CNY", Cop "COP", Crc "CRC",
        Cup "CUP", Cve "CVE", Czk "CZK", Dkk "DKK", Dop "DOP", Dzd "DZD", Egp "EGP", Ern "ERN", Etb "ETB",
        Eur "EUR", Fjd "FJD", Fkp "FKP", Gbp "GBP", Gel "GEL", Ghs "GHS", Gip "GIP", Gmd "GMD", Gtq "GTQ",
        Gyd "GYD", Hkd "HKD", Hnl "HNL", Htg "HTG", Huf "HUF", Idr "IDR", Ils "ILS", Inr "INR", Irr "IRR",
        Jmd "JMD", Kes "KES", Kgs "KGS", Khr "KHR", Kpw "KPW", Kyd "KYD", Kzt "KZT", Lak "LAK", Lbp "LBP",
        Lkr "LKR", Lrd "LRD", Lsl "LSL", Mad "MAD", Mdl "MDL", Mga "MGA", Mkd "MKD", Mmk "MMK", Mnt "MNT",
        Mop "MOP", Mru "MRU", Mur "MUR", Mvr "MVR", Mwk "MWK", Mxn "MXN", Myr "MYR", Mzn "MZN", Nad "NAD",
        Ngn "NGN", Nio "NIO", Nok "NOK", Npr "NPR", Nzd "NZD", Pab "PAB", Pen "PEN", Pgk "PGK", Php "PHP",
        Pkr "PKR", Pln "PLN", Qar "QAR", Ron "RON", Rsd "RSD", Rub "RUB", Sar "SAR", Sbd "SBD", Scr "SCR",
        Sdg "SDG", Sek "SEK", Sgd "SGD", Shp "SHP", Sle "SLE", Sos "SOS", Srd "SRD", Ssp "SSP", Stn "STN",
        Svc "SVC", Syp "SYP", Szl "SZL", Thb "THB", Tjs "TJS", Tmt "TMT", Top "TOP", Try "TRY", Ttd "TTD",
        Twd "TWD", Tzs "TZS", Uah "UAH", Usd "USD", Uyu "UYU", Uzs "UZS", Ved "VED", Ves "VES", Wst "WST",
        Xcd "XCD", Xcg "XCG", Yer "YER", Zar "ZAR", Zmw "ZMW", Zwg "ZWG",
    ;
    3:
        Bhd "BHD", Iqd "IQD", Jod "JOD", Kwd "KWD", Lyd "LYD", Omr "OMR", Tnd "TND",
    ;
}

impl Currency {
    /// Reads an upper-case code.
    pub fn parse(code: &str) -> Result<Self, UnknownCurrency> {
        Self::TABLE.iter().find(|row| row.1 == code).map(|row| row.0).ok_or(UnknownCurrency)
    }

    /// The ISO 4217 code.
    #[must_use]
    pub fn code(self) -> &'static str {
        Self::TABLE[self as usize].1
    }

    /// Digits after the decimal point: RWF has none, RON two, KWD three.
    #[must_use]
    pub fn exponent(self) -> u32 {
        Self::TABLE[self as usize].2
    }

    pub(super) fn minor_per_major(self) -> u64 {
        10_u64.pow(self.exponent())
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for Currency {
    type Err = UnknownCurrency;

    fn from_str(code: &str) -> Result<Self, UnknownCurrency> {
        Self::parse(code)
    }
}

impl TryFrom<String> for Currency {
    type Error = UnknownCurrency;

    fn try_from(code: String) -> Result<Self, UnknownCurrency> {
        Self::parse(&code)
    }
}

impl From<Currency> for &'static str {
    fn from(currency: Currency) -> Self {
        currency.code()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_variants() {
        for &(currency, code, exponent) in Currency::TABLE {
            assert_eq!((currency.code(), currency.exponent()), (code, exponent));
            assert_eq!(Currency::parse(code), Ok(currency));
            assert_eq!(format!("{currency:?}").to_uppercase(), code);
        }
        assert_eq!(Currency::TABLE.len(), 155);
    }

    #[test]
    fn every_currency_has_its_decimals() {
        for (code, decimals) in
            [("XOF", 0), ("XAF", 0), ("JPY", 0), ("CLP", 0), ("GBP", 2), ("MGA", 2), ("XCG", 2), ("KWD", 3)]
        {
            assert_eq!(Currency::parse(code).unwrap().exponent(), decimals, "{code}");
        }
    }

    #[test]
    fn what_nobody_pays_with_is_no_currency() {
        let funds = ["BOV", "CHE", "CHW", "CLF", "COU", "MXV", "USN", "UYI", "UYW"];
        let of_account = ["XXX", "XTS", "XAU", "XAG", "XPT", "XPD", "XDR", "XUA", "XSU", "XBA", "XAD"];
        let withdrawn = ["DEM", "ANG", "BGN", "HRK", "SLL", "ZWL", "CUC"];
        for code in funds.iter().chain(&of_account).chain(&withdrawn).chain(&["rwf", "BTC", ""]) {
            assert_eq!(Currency::parse(code), Err(UnknownCurrency), "{code}");
        }
    }
}
