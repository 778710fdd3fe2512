//! Vietnam's numbers of before 2017 and 2018, which old lists still carry, as they are dialled today.

/// The area codes that ended in 2017, without their zero, and what took their places. Who had a code of one digit had eight
/// more, the others seven.
const AREAS: [(&str, &str); 59] = [
    ("4", "24"),
    ("8", "28"),
    ("20", "214"),
    ("22", "212"),
    ("25", "205"),
    ("26", "206"),
    ("27", "207"),
    ("29", "216"),
    ("30", "229"),
    ("31", "225"),
    ("33", "203"),
    ("36", "227"),
    ("37", "237"),
    ("38", "238"),
    ("39", "239"),
    ("52", "232"),
    ("53", "233"),
    ("54", "234"),
    ("55", "255"),
    ("56", "256"),
    ("57", "257"),
    ("58", "258"),
    ("59", "269"),
    ("60", "260"),
    ("61", "251"),
    ("62", "252"),
    ("63", "263"),
    ("64", "254"),
    ("66", "276"),
    ("67", "277"),
    ("68", "259"),
    ("70", "270"),
    ("72", "272"),
    ("73", "273"),
    ("74", "294"),
    ("75", "275"),
    ("76", "296"),
    ("77", "297"),
    ("79", "299"),
    ("230", "215"),
    ("231", "213"),
    ("240", "204"),
    ("241", "222"),
    ("280", "208"),
    ("281", "209"),
    ("320", "220"),
    ("321", "221"),
    ("350", "228"),
    ("351", "226"),
    ("500", "262"),
    ("501", "261"),
    ("510", "235"),
    ("511", "236"),
    ("650", "274"),
    ("651", "271"),
    ("710", "292"),
    ("711", "293"),
    ("780", "290"),
    ("781", "291"),
];

/// The mobile prefixes of eleven digits, which became ten in 2018.
const MOBILES: [(&str, &str); 21] = [
    ("120", "70"),
    ("121", "79"),
    ("122", "77"),
    ("126", "76"),
    ("128", "78"),
    ("123", "83"),
    ("124", "84"),
    ("125", "85"),
    ("127", "81"),
    ("129", "82"),
    ("162", "32"),
    ("163", "33"),
    ("164", "34"),
    ("165", "35"),
    ("166", "36"),
    ("167", "37"),
    ("168", "38"),
    ("169", "39"),
    ("186", "56"),
    ("188", "58"),
    ("199", "59"),
];

/// A mobile number of before 2018 as it is dialled today, without the zero.
pub(super) fn mobile_of_2018(national: &str) -> Option<String> {
    if national.len() != 10 {
        return None;
    }
    let (_, new) = MOBILES.iter().find(|(old, _)| national.starts_with(old))?;
    Some(format!("{new}{}", &national[3..]))
}

/// A landline of before 2017 as it is dialled today, without the zero.
pub(super) fn landline_of_2017(national: &str) -> Option<String> {
    AREAS.iter().find_map(|(old, new)| {
        let subscriber = national.strip_prefix(old)?;
        let digits = if old.len() == 1 { 8 } else { 7 };
        (subscriber.len() == digits).then(|| format!("{new}{subscriber}"))
    })
}
