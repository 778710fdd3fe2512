//! The document as text. JSON has no order, and yet generators take the first media type for the one that is meant.

use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::Value;

/// What any file may be sent as: it comes before the others.
const ANY_FILE: &str = "application/octet-stream";

/// A value that is written with [`ANY_FILE`] first wherever it is a key.
pub(super) struct Ordered<'a>(pub(super) &'a Value);

impl Serialize for Ordered<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Array(list) => serializer.collect_seq(list.iter().map(Ordered)),
            Value::Object(entries) => {
                let mut map = serializer.serialize_map(Some(entries.len()))?;
                let (first, rest): (Vec<_>, Vec<_>) = entries.iter().partition(|(key, _)| *key == ANY_FILE);
                for (key, value) in first.into_iter().chain(rest) {
                    map.serialize_entry(key, &Ordered(value))?;
                }
                map.end()
            }
            plain => plain.serialize(serializer),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn any_file_comes_first() {
        let content = json!({ "content": { "application/dicom": 1, "application/octet-stream": [{}], "text/plain": null } });
        let text = serde_json::to_string(&Ordered(&content)).unwrap();
        assert_eq!(
            text,
            r#"{"content":{"application/octet-stream":[{}],"application/dicom":1,"text/plain":null}}"#
        );
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), content);
    }
}
