//! Knowledge objects of Splunk apps: macros and lookups, read from an app's own layout.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sluice_spl::macros::{Macro, Macros};

use crate::conf::{self, Stanzas};
use crate::lookup::{Definition, Table};

/// What apps bring along.
#[derive(Debug, Clone, Default)]
pub struct Knowledge {
    /// Search macros.
    pub macros: Macros,
    lookups: BTreeMap<String, Lookup>,
}

#[derive(Debug, Clone)]
enum Lookup {
    /// To be read from its file when asked for.
    Defined(Definition),
    /// In memory already.
    Loaded(Arc<Table>, Definition),
}

impl Knowledge {
    /// Reads apps, later ones over earlier ones: `default` then `local` `.conf` files, and
    /// `lookups/*.csv`. Also gives what could not be read.
    pub fn load(apps: &[PathBuf]) -> (Self, Vec<String>) {
        let mut knowledge = Self::default();
        let mut problems = Vec::new();
        for app in apps {
            if !app.is_dir() {
                problems.push(format!("{}: no such folder", app.display()));
                continue;
            }
            knowledge.load_macros(app, &mut problems);
            knowledge.load_lookups(app, &mut problems);
        }
        (knowledge, problems)
    }

    fn load_macros(&mut self, app: &Path, problems: &mut Vec<String>) {
        for (name, mut settings) in read_conf(app, "macros.conf", problems) {
            let Some(definition) = settings.remove("definition") else { continue };
            let base = name.split_once('(').map_or(name.as_str(), |(base, _)| base).to_owned();
            let args = settings.get("args").map_or_else(Vec::new, |args| {
                args.split(',').map(|arg| arg.trim().to_owned()).filter(|arg| !arg.is_empty()).collect()
            });
            self.macros.insert(
                &base,
                Macro {
                    args,
                    definition,
                    validation: settings.remove("validation"),
                    errormsg: settings.remove("errormsg"),
                    iseval: settings.get("iseval").is_some_and(|value| matches!(value.trim(), "1" | "true")),
                },
            );
        }
    }

    fn load_lookups(&mut self, app: &Path, problems: &mut Vec<String>) {
        let folder = app.join("lookups");
        let mut files: Vec<PathBuf> = match std::fs::read_dir(&folder) {
            Ok(entries) => entries.flatten().map(|entry| entry.path()).collect(),
            Err(_) => Vec::new(),
        };
        files.sort();
        for file in files.into_iter().filter(|file| file.extension().is_some_and(|ending| ending == "csv")) {
            if let Some(name) = file.file_name().and_then(|name| name.to_str()) {
                self.lookups.insert(name.to_owned(), Lookup::Defined(Definition::of_file(file.clone())));
            }
        }
        for (name, settings) in read_conf(app, "transforms.conf", problems) {
            let Some(file) = settings.get("filename") else { continue };
            let definition = Definition::of_settings(folder.join(file.trim()), &settings);
            self.lookups.insert(name, Lookup::Defined(definition));
        }
    }

    /// Adds a lookup whose table is at hand.
    pub fn add_lookup(&mut self, name: &str, table: Table, definition: Definition) {
        self.lookups.insert(name.to_owned(), Lookup::Loaded(Arc::new(table), definition));
    }

    /// The names of all lookups.
    pub fn lookups(&self) -> impl Iterator<Item = &str> {
        self.lookups.keys().map(String::as_str)
    }

    /// A lookup's table and definition, by definition or file name; `None` if there is none.
    pub(crate) fn lookup(&self, name: &str) -> Option<Result<(Arc<Table>, Definition), String>> {
        Some(match self.lookups.get(name)? {
            Lookup::Loaded(table, definition) => Ok((Arc::clone(table), definition.clone())),
            Lookup::Defined(definition) => {
                Table::read(&definition.file).map(|table| (Arc::new(table), definition.clone()))
            }
        })
    }
}

fn read_conf(app: &Path, file: &str, problems: &mut Vec<String>) -> Stanzas {
    let mut stanzas = Stanzas::new();
    for layer in ["default", "local"] {
        let path = app.join(layer).join(file);
        match std::fs::read(&path) {
            Ok(bytes) => conf::merge(&String::from_utf8_lossy(&bytes), &mut stanzas),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => problems.push(format!("{}: {error}", path.display())),
        }
    }
    stanzas
}
