//! The modules of a crate, found from its root by their `mod` declarations, those of tests left out.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context;

use crate::{
    names::{Name, Names},
    sources::Sources,
};

/// One module: a file, or what stands in the braces of a `mod` in one.
#[derive(Debug)]
pub struct Module {
    /// Where in the crate; empty for its root.
    pub path: Name,
    /// The file, below `src`.
    pub file: String,
    /// What it says.
    pub names: Names,
}

/// A crate's modules.
#[derive(Debug)]
pub struct Crate {
    pub(crate) modules: BTreeMap<Name, Module>,
}

impl Crate {
    /// From `lib.rs`, or from `main.rs` where there is none.
    ///
    /// # Errors
    /// When a file is missing or not Rust.
    pub fn of(sources: &Sources) -> anyhow::Result<Self> {
        let root = ["lib.rs", "main.rs"].into_iter().find(|file| sources.text(file).is_some());
        let mut found = Self { modules: BTreeMap::new() };
        found.add_file(sources, root.context("neither lib.rs nor main.rs")?, Name::new())?;
        Ok(found)
    }

    /// All modules, in the order of their paths.
    pub fn modules(&self) -> impl Iterator<Item = &Module> {
        self.modules.values()
    }

    /// The pairs of files of which the first uses the second. What a module has with its own parents and children does
    /// not count: they are one, a child sees all that its parent has.
    #[must_use]
    pub fn uses(&self) -> BTreeSet<(&str, &str)> {
        let mut pairs = BTreeSet::new();
        for module in self.modules() {
            let used = module.names.uses.iter().map(|used| &used.path).chain(&module.names.paths);
            for target in used.filter_map(|name| self.resolve(module, name)) {
                let kin = module.path.starts_with(&target.path) || target.path.starts_with(&module.path);
                if !kin && module.file != target.file {
                    pairs.insert((module.file.as_str(), target.file.as_str()));
                }
            }
        }
        pairs
    }

    fn add_file(&mut self, sources: &Sources, file: &str, path: Name) -> anyhow::Result<()> {
        let text = sources.text(file).with_context(|| format!("{file} is declared and not there"))?;
        let names = Names::read(text).with_context(|| file.to_owned())?;
        // Where the files of its own modules are.
        let (folder, name) = file.rsplit_once('/').map_or(("", file), |(folder, name)| (folder, name));
        let folder = match name {
            "lib.rs" | "main.rs" | "mod.rs" => folder.to_owned(),
            _ => joined(folder, name.trim_end_matches(".rs")),
        };
        self.add(sources, Module { path, file: file.to_owned(), names }, &folder)
    }

    fn add(&mut self, sources: &Sources, mut module: Module, folder: &str) -> anyhow::Result<()> {
        for declared in std::mem::take(&mut module.names.modules) {
            let mut path = module.path.clone();
            path.push(declared.name.clone());
            if let Some(names) = declared.inline {
                let inline = Module { path, file: module.file.clone(), names };
                self.add(sources, inline, &joined(folder, &declared.name))?;
                continue;
            }
            let file = match &declared.file {
                Some(file) => joined(module.file.rsplit_once('/').map_or("", |(folder, _)| folder), file),
                None => {
                    let file = joined(folder, &format!("{}.rs", declared.name));
                    let nested = joined(folder, &format!("{}/mod.rs", declared.name));
                    if sources.text(&file).is_some() { file } else { nested }
                }
            };
            self.add_file(sources, &file, path)?;
        }
        self.modules.insert(module.path.clone(), module);
        Ok(())
    }
}

fn joined(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}
