//! Vietnamese names in an encoding of before Unicode, or read with the wrong one: to be refused, never to be guessed.

/// Whether a Vietnamese name was written for another font or read with another encoding: `NguyÔn ThÞ` (TCVN3), `Traàn Vaên`
/// (VNI), `Nguyá»…n` (UTF-8 taken for Windows-1252), `Nguy?n`.
///
/// Only for names of Vietnam: `Noël` looks like VNI.
#[must_use]
pub fn is_legacy_vietnamese(name: &str) -> bool {
    let chars: Vec<char> = name.chars().collect();
    let at = |index: usize| chars.get(index).copied();
    chars.iter().enumerate().any(|(index, &char)| {
        let before = index.checked_sub(1).and_then(at);
        let after = at(index + 1);
        is_sign(char)
            || (char == '?' && (before.is_some_and(char::is_alphabetic) || after.is_some_and(char::is_alphabetic)))
            || before.is_some_and(|before| {
                is_misread(before, char) || is_vni(before, char) || is_capital_inside(before, char)
            })
            // The VNI letters for đ and ị stand beside letters that Vietnamese does not put there.
            || (matches!(char, 'ñ' | 'Ñ') && after.is_some_and(char::is_alphabetic))
    })
}

/// What no name has: a character that was lost already, and the signs that stand for letters in TCVN3.
fn is_sign(char: char) -> bool {
    matches!(
        char,
        '\u{fffd}'
            | '¨'
            | '§'
            | '©'
            | '®'
            | 'µ'
            | '¸'
            | 'Þ'
            | 'þ'
            | '…'
            | '¹'
            | '¶'
            | '·'
            | '«'
            | '»'
            | '¬'
    )
}

/// Two or three bytes of UTF-8 that were taken for letters of Windows-1252: `Ã¡`, `á»`, `Æ°`, `Ä‘`.
fn is_misread(before: char, char: char) -> bool {
    matches!((before, char), ('Æ', '°' | '¡') | ('á', 'º' | '»') | ('Ä', '‘' | 'ƒ' | '\u{90}'))
        || (before == 'Ã'
            && matches!(char, '\u{80}'..='\u{bf}' | '\u{152}'..='\u{192}' | '\u{2c6}' | '\u{2013}'..='\u{2122}'))
}

/// A vowel, and after it a letter that VNI puts there in place of the vowel's mark.
fn is_vni(before: char, char: char) -> bool {
    let (before, char) = (lower(before), lower(char));
    match before {
        'a' | 'e' => matches!(
            char,
            'ù' | 'ø'
                | 'û'
                | 'õ'
                | 'ï'
                | 'â'
                | 'ê'
                | 'á'
                | 'à'
                | 'å'
                | 'ã'
                | 'ä'
                | 'é'
                | 'è'
                | 'ú'
                | 'ü'
                | 'ë'
        ),
        'o' => matches!(char, 'ù' | 'ø' | 'û' | 'õ' | 'ï' | 'â' | 'å' | 'ä' | 'ú' | 'ü' | 'ë'),
        'u' => matches!(char, 'ù' | 'ø' | 'û' | 'õ' | 'ï' | 'å' | 'ä' | 'ú' | 'ü' | 'ë'),
        'ö' | 'ô' => matches!(char, 'ù' | 'ø' | 'û' | 'õ' | 'ï'),
        'y' => matches!(char, 'ù' | 'ø' | 'û' | 'õ'),
        _ => false,
    }
}

/// TCVN3 uses capitals for marked small letters.
fn is_capital_inside(before: char, char: char) -> bool {
    before.is_lowercase() && !char.is_ascii() && char.is_uppercase()
}

fn lower(char: char) -> char {
    char.to_lowercase().next().unwrap_or(char)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vectors;

    #[test]
    fn the_vectors() {
        let rows = vectors::read("renewals/names-unreadable.jsonl");
        assert_eq!(rows.len(), 8);
        for row in rows {
            let expected = row["expect"]["violation"] == "LEGACY_ENCODING";
            assert_eq!(is_legacy_vietnamese(row["name"].as_str().unwrap()), expected, "{row}");
        }
    }

    #[test]
    fn names_as_they_are_today() {
        for name in [
            "Nguyễn Thị Hoà",
            "Đặng Văn Quý",
            "HUỲNH NGỌC ẨN",
            "Lã Thị Giã",
            "Trần Quế",
            "Lê Văn Khoé",
            "Võ Giàu",
            "Ngã",
            "LÃ THỊ NGÃ",
            "Phạm Huân",
            "Tôn Nữ Hạ",
            "Nguyễn Khuyến",
            "Bùi Thuý",
            "José",
        ] {
            assert!(!is_legacy_vietnamese(name), "{name}");
        }
        for name in ["Nguyeãn Thò Hoøa", "Ñaëng Vaên Quyù", "TrÇn V¨n T¸m", "LÃª VÄƒn", "Ph?m"]
        {
            assert!(is_legacy_vietnamese(name), "{name}");
        }
    }
}
