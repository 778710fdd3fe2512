//! Characters that XML cannot have, as workbooks write them: `_x000D_` is a carriage return.

use std::borrow::Cow;

/// A text with the characters that `_x000D_` stands for.
pub(super) fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains("_x") {
        return Cow::Borrowed(text);
    }
    let (mut said, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(at) = rest.find("_x") {
        said.push_str(&rest[..at]);
        let code = rest.get(at + 2..at + 6).filter(|_| rest[at + 6..].starts_with('_'));
        let code = code.filter(|code| code.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let char = code.and_then(|code| u32::from_str_radix(code, 16).ok()).and_then(char::from_u32);
        match char {
            Some(char) => {
                said.push(char);
                rest = &rest[at + 7..];
            }
            None => {
                said.push_str("_x");
                rest = &rest[at + 2..];
            }
        }
    }
    said.push_str(rest);
    Cow::Owned(said)
}
