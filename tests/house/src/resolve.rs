//! Which module a path leads to, through imports and re-exports.

use crate::modules::{Crate, Module};

/// No chain of re-exports is longer.
const FAR: u8 = 16;

impl Crate {
    /// The module of this crate that holds what a path in `from` names; none for what is of another crate.
    #[must_use]
    pub fn resolve<'a>(&'a self, from: &'a Module, name: &[String]) -> Option<&'a Module> {
        self.follow(from, name, FAR)
    }

    fn follow<'a>(&'a self, from: &'a Module, name: &[String], far: u8) -> Option<&'a Module> {
        let far = far.checked_sub(1)?;
        let (first, rest) = name.split_first()?;
        match first.as_str() {
            "crate" => self.descend(self.modules.get(&[][..])?, rest, far),
            "self" => self.descend(from, rest, far),
            "super" => {
                let parent = self.modules.get(from.path.split_last()?.1)?;
                match rest.first().map(String::as_str) {
                    Some("super") => self.follow(parent, rest, far),
                    _ => self.descend(parent, rest, far),
                }
            }
            _ if self.child(from, first).is_some() => self.descend(from, name, far),
            _ => {
                let used = from.names.uses.iter().find(|used| used.called == *first)?;
                // `use http::Uri as http` would lead to itself.
                if used.path.first() == Some(first) {
                    return None;
                }
                self.descend(self.follow(from, &used.path, far)?, rest, far)
            }
        }
    }

    /// From a module down to the one that holds the name.
    fn descend<'a>(&'a self, module: &'a Module, name: &[String], far: u8) -> Option<&'a Module> {
        let far = far.checked_sub(1)?;
        let Some((first, rest)) = name.split_first() else { return Some(module) };
        if let Some(child) = self.child(module, first) {
            return self.descend(child, rest, far);
        }
        if module.names.items.contains(first) {
            return Some(module);
        }
        for used in &module.names.uses {
            if used.called == *first && used.path.first() != Some(first) {
                // What comes from another crate is that module's own to the others.
                return self.follow(module, &used.path, far).or(Some(module));
            }
            if used.called == "*" {
                let all = self.follow(module, &used.path, far);
                if let Some(all) = all.filter(|all| all.path != module.path)
                    && let Some(found) = self.descend(all, name, far)
                    && self.defines(found, first)
                {
                    return Some(found);
                }
            }
        }
        Some(module)
    }

    fn child(&self, module: &Module, name: &str) -> Option<&Module> {
        let mut path = module.path.clone();
        path.push(name.to_owned());
        self.modules.get(&path)
    }

    fn defines(&self, module: &Module, name: &str) -> bool {
        module.names.items.iter().any(|item| item == name) || module.path.last().is_some_and(|it| it == name)
    }
}

#[cfg(test)]
mod tests {
    use crate::sources::Sources;

    use super::*;

    fn led(to: &str) -> Option<String> {
        let sources = Sources::of(&[
            ("lib.rs", "mod a; mod b; pub use a::*; pub use b::Deep as D; pub struct App;"),
            ("a/mod.rs", "mod c; pub(crate) use self::c::Item; pub fn own() {} use crate::b;"),
            ("a/c.rs", "pub struct Item;"),
            ("b.rs", "pub mod inline { pub struct Deep; } pub use inline::Deep; use http::Uri;"),
        ]);
        let of = Crate::of(&sources).unwrap();
        let from = &of.modules[&vec!["a".to_owned()]];
        let name: Vec<_> = to.split("::").map(str::to_owned).collect();
        of.resolve(from, &name).map(|module| module.path.join("::"))
    }

    #[test]
    fn paths_lead_to_where_an_item_is_defined() {
        for (name, module) in [
            ("crate::App", ""),
            ("crate::own", "a"),
            ("crate::a::Item", "a::c"),
            ("super::D", "b::inline"),
            ("super::b::Uri", "b"),
            ("b::inline::Deep", "b::inline"),
            ("c::Item", "a::c"),
            ("self::Item", "a::c"),
        ] {
            assert_eq!(led(name).as_deref(), Some(module), "{name}");
        }
        assert_eq!(led("http::Uri"), None);
    }
}
