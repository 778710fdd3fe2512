//! Compiles `proto/` into Rust types, tonic clients and servers, the descriptor set with its custom options, and what it
//! declares of reasons.

#![expect(clippy::disallowed_methods, reason = "cargo tells a build script by its environment")]

use std::{env, fmt::Write, fs, path::PathBuf};

use heck::ToUpperCamelCase;
use prost_reflect::{DescriptorPool, DynamicMessage, EnumValueDescriptor, ReflectMessage, Value};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("../../proto");
    println!("cargo:rerun-if-changed={}", root.display());

    let mut files = Vec::new();
    collect(&root, &mut files)?;
    files.sort();

    let mut compiler = protox::Compiler::new([&root])?;
    compiler.include_source_info(true).include_imports(true).open_files(&files)?;

    // prost-types would drop the custom options (access, REST); protox keeps them.
    let out = PathBuf::from(env::var("OUT_DIR")?);
    fs::write(out.join("descriptor_set.bin"), compiler.encode_file_descriptor_set())?;
    fs::write(out.join("reasons.rs"), reasons(&compiler.descriptor_pool())?)?;

    let mut prost = tonic_prost_build::Config::new();
    prost.enable_type_names();
    tonic_prost_build::configure()
        .bytes(".google.api.HttpBody")
        .compile_fds_with_config(compiler.file_descriptor_set(), prost)?;
    Ok(())
}

fn collect(folder: &PathBuf, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "proto") {
            files.push(path);
        }
    }
    Ok(())
}

/// The declared kinds of every enum of reasons.
fn reasons(pool: &DescriptorPool) -> Result<String, Box<dyn std::error::Error>> {
    let option = pool.get_extension_by_name("careway.refusals.v1.refusal").ok_or("no option of reasons")?;
    let declared = |value: &EnumValueDescriptor| {
        let options = value.options();
        options.has_extension(&option).then(|| options.get_extension(&option).into_owned())
    };
    let mut code = String::new();
    for reasons in pool.all_enums() {
        let (mut kinds, mut others) = (String::new(), String::new());
        for value in reasons.values() {
            let Some(refusal) = declared(&value) else { continue };
            let refusal = refusal.as_message().ok_or("the option is a message")?;
            let of = value.name().to_upper_camel_case();
            if let [kind] = &named(refusal, "kind")[..] {
                write!(kinds, "Self::{of} => Kind::{kind},")?;
            }
            for kind in named(refusal, "also") {
                write!(others, "Self::{of} => &[Kind::{kind}],")?;
            }
        }
        if kinds.is_empty() {
            continue;
        }
        let name = reasons.full_name().replace('.', "::");
        write!(
            code,
            "impl Declared for crate::{name} {{ \
             fn name(self) -> &'static str {{ self.as_str_name() }} \
             fn kind(self) -> Kind {{ match self {{ {kinds} _ => Kind::Internal }} }} \
             fn also(self) -> &'static [Kind] {{ match self {{ {others} _ => &[] }} }} }}"
        )?;
    }
    Ok(code)
}

/// The values of a field of kinds, as Rust has their names.
fn named(refusal: &DynamicMessage, field: &str) -> Vec<String> {
    let Some(kind) = refusal.descriptor().get_field_by_name(field) else { return Vec::new() };
    let prost_reflect::Kind::Enum(names) = kind.kind() else { return Vec::new() };
    let values = match refusal.get_field(&kind).into_owned() {
        Value::List(values) => values,
        value => vec![value],
    };
    let numbers = values.iter().filter_map(Value::as_enum_number).filter(|number| *number > 0);
    numbers
        .filter_map(|number| names.get_value(number))
        .map(|value| value.name().to_upper_camel_case())
        .collect()
}
