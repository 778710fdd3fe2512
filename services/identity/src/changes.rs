//! Which fields a PATCH changes.

use careway_kernel::Violations;
use prost_types::FieldMask;

/// The fields named by an update mask.
pub(crate) struct Changes<'a>(&'a [String]);

impl<'a> Changes<'a> {
    /// Reads a mask; none names nothing.
    pub(crate) fn of(mask: Option<&'a FieldMask>) -> Self {
        Self(mask.map_or(&[], |mask| &mask.paths))
    }

    /// Refuses a mask that names nothing, or something that cannot be changed.
    pub(crate) fn check(&self, v: &mut Violations, changeable: &[&str]) {
        let known = self.0.iter().all(|path| changeable.contains(&path.as_str()));
        v.check(
            "updateMask",
            !self.0.is_empty() && known,
            format!("must name some of {}", changeable.join(", ")),
        );
    }

    /// The field's value when it is to change; `Some(None)` when it is not, `None` when it is wrong.
    pub(crate) fn given<T>(&self, field: &str, parse: impl FnOnce() -> Option<T>) -> Option<Option<T>> {
        if self.0.iter().any(|path| path == field) { parse().map(Some) } else { Some(None) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_named_fields_change() {
        let mask = FieldMask { paths: vec!["name".to_owned()] };
        let changes = Changes::of(Some(&mask));
        assert_eq!(changes.given("name", || Some(1)), Some(Some(1)));
        assert_eq!(changes.given("roles", || Some(1)), Some(None));
        assert_eq!(changes.given("name", || None::<i32>), None);
    }

    #[test]
    fn a_mask_names_something_that_can_change() {
        for (paths, wrong) in [(vec![], true), (vec!["name"], false), (vec!["name", "id"], true)] {
            let mask = FieldMask { paths: paths.into_iter().map(str::to_owned).collect() };
            let mut v = Violations::default();
            Changes::of(Some(&mask)).check(&mut v, &["name"]);
            assert_eq!(!v.is_empty(), wrong);
        }
    }
}
