//! Knowledge objects of Splunk apps, read from an app's own layout: macros, lookups, data models, saved searches, and
//! what a search finds in events beside what stands in them.

mod derive;
mod evaluate;
mod extraction;
mod labels;
mod props;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use sluice_spl::macros::{Macro, Macros};

use crate::conf::{self, Stanzas};
use crate::kernel::Context;
use crate::lookup::folder::{self, Change, FileName};
use crate::lookup::{Definition, Table, Written};
use crate::model::{self, Model};

pub(crate) use derive::ASIDE;
use labels::Labels;
pub(crate) use labels::is_label;
use props::Props;

/// What apps bring along.
#[derive(Debug, Clone, Default)]
pub struct Knowledge {
    /// Search macros.
    pub macros: Macros,
    lookups: BTreeMap<String, Lookup>,
    written: Written,
    /// Those of apps; they come before those inside the binary.
    models: BTreeMap<String, Arc<Model>>,
    saved_searches: BTreeMap<String, String>,
    labels: Labels,
    props: Props,
}

#[derive(Debug, Clone)]
enum Lookup {
    /// To be read from its file when asked for; kept for as long as someone uses it.
    Defined(Definition, Arc<Mutex<Weak<Table>>>),
    /// In memory already.
    Loaded(Arc<Table>, Definition),
}

impl Lookup {
    fn definition(&self) -> Definition {
        match self {
            Self::Defined(definition, _) | Self::Loaded(_, definition) => definition.clone(),
        }
    }

    fn defined(definition: Definition) -> Self {
        Self::Defined(definition, Arc::default())
    }
}

/// The `.conf` files whose stanzas all apps share: what one app says of a sourcetype adds to what another does.
#[derive(Debug, Default)]
struct Shared {
    props: Stanzas,
    transforms: Stanzas,
    event_types: Stanzas,
    tags: Stanzas,
}

impl Knowledge {
    /// Reads apps, later ones over earlier ones: `.conf` files in the folder itself (as packages have them), in
    /// `default`, then in `local`, and `lookups/*.csv`.
    /// Below them is the knowledge of the program itself. Also gives what could not be read.
    pub fn load(apps: &[PathBuf]) -> (Self, Vec<String>) {
        let mut knowledge = Self::with_shipped_lookups();
        let mut shared = Shared::shipped();
        let mut problems = Vec::new();
        for app in apps {
            if !app.is_dir() {
                problems.push(format!("{}: no such folder", app.display()));
                continue;
            }
            knowledge.load_macros(app, &mut problems);
            knowledge.load_lookups(app, &mut problems);
            knowledge.load_models(app, &mut problems);
            knowledge.load_saved_searches(app, &mut problems);
            shared.read(app, &mut problems);
        }
        knowledge.share(shared);
        (knowledge, problems)
    }

    /// Without what an app gives.
    fn with_shipped_lookups() -> Self {
        let mut knowledge = Self::default();
        let mut definitions = Stanzas::new();
        conf::merge(TRANSFORMS, &mut definitions);
        for (name, settings) in definitions {
            let file = settings.get("filename").map_or("", |file| file.trim());
            if let Some((_, table)) = LOOKUPS.iter().find(|(name, _)| *name == file)
                && let Ok(table) = Table::parse(table.as_bytes())
            {
                knowledge.add_lookup(&name, table, Definition::of_settings(PathBuf::from(file), &settings));
            }
        }
        knowledge
    }

    /// The knowledge of the program itself: what Splunk's add-ons find in the logs that are read here.
    pub fn shipped() -> Self {
        Self::load(&[]).0
    }

    /// Adds the text of a `.conf` file, by its name, to knowledge that has none of that kind yet.
    pub fn add_conf(&mut self, files: &BTreeMap<String, String>) {
        let mut shared = Shared::default();
        for (name, text) in files {
            shared.add(name, text);
        }
        self.share(shared);
    }

    fn share(&mut self, shared: Shared) {
        self.labels = Labels::new(shared.event_types, shared.tags);
        self.props = Props::new(shared.props, shared.transforms);
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
                    iseval: settings.get("iseval").is_some_and(|value| conf::is_true(value)),
                },
            );
        }
    }

    fn load_lookups(&mut self, app: &Path, problems: &mut Vec<String>) {
        let folder = app.join("lookups");
        for file in files(&folder, "csv") {
            if let Some(name) = file.file_name().and_then(|name| name.to_str()) {
                self.lookups.insert(name.to_owned(), Lookup::defined(Definition::of_file(file.clone())));
            }
        }
        for (name, settings) in read_conf(app, "transforms.conf", problems) {
            let Some(file) = settings.get("filename") else {
                self.add_collection(&name, &folder, &settings);
                continue;
            };
            let definition = Definition::of_settings(folder.join(file.trim()), &settings);
            self.lookups.insert(name, Lookup::defined(definition));
        }
    }

    /// A lookup of the KV store: its rows are those of `lookups/COLLECTION.csv`, and none without that file.
    fn add_collection(&mut self, name: &str, folder: &Path, settings: &BTreeMap<String, String>) {
        let Some((collection, fields)) = settings.get("collection").zip(settings.get("fields_list")) else {
            return;
        };
        let file = folder.join(format!("{}.csv", collection.trim()));
        let definition = Definition::of_settings(file.clone(), settings);
        if file.is_file() {
            self.lookups.insert(name.to_owned(), Lookup::defined(definition));
        } else {
            let columns = fields.split(',').map(|field| field.trim().to_owned()).collect();
            self.add_lookup(name, Table { columns, rows: Vec::new() }, definition);
        }
    }

    fn load_models(&mut self, app: &Path, problems: &mut Vec<String>) {
        for layer in LAYERS {
            for file in files(&app.join(layer).join("data/models"), "json") {
                let name = file.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
                let read = std::fs::read(&file).map_err(|error| error.to_string());
                let read = read.and_then(|bytes| self.add_model(name, &String::from_utf8_lossy(&bytes)));
                problems.extend(read.err().map(|error| format!("{}: {error}", file.display())));
            }
        }
    }

    fn load_saved_searches(&mut self, app: &Path, problems: &mut Vec<String>) {
        for (name, mut settings) in read_conf(app, "savedsearches.conf", problems) {
            if let Some(search) = settings.remove("search") {
                self.saved_searches.insert(name, search);
            }
        }
    }

    /// Adds a data model from its JSON; one of the same name is replaced. `id` names it where the JSON does not.
    ///
    /// # Errors
    /// When the text is no data model.
    pub fn add_model(&mut self, id: &str, json: &str) -> Result<(), String> {
        let model = Model::read(id, json)?;
        self.models.insert(model.name.clone(), Arc::new(model));
        Ok(())
    }

    /// A data model by name.
    pub(crate) fn model(&self, name: &str) -> Option<Arc<Model>> {
        self.models().into_iter().find(|model| model.name == name)
    }

    /// All data models, by name.
    pub(crate) fn models(&self) -> Vec<Arc<Model>> {
        let shipped = model::shipped().iter().filter(|model| !self.models.contains_key(&model.name));
        let mut models: Vec<Arc<Model>> = shipped.chain(self.models.values()).map(Arc::clone).collect();
        models.sort_by(|a, b| a.name.cmp(&b.name));
        models
    }

    /// Says at what moment and in which zone the eval expressions of macros are computed.
    pub(crate) fn evaluate_macros(&mut self, context: Context) {
        self.macros.evaluate_by(move |text, args| evaluate::evaluate(text, args, &context));
    }

    /// A saved search's text by its name.
    pub(crate) fn saved_search(&self, name: &str) -> Option<&str> {
        self.saved_searches.get(name).map(String::as_str)
    }

    /// The names of all saved searches.
    pub(crate) fn saved_searches(&self) -> impl Iterator<Item = &str> {
        self.saved_searches.keys().map(String::as_str)
    }

    /// Adds a lookup whose table is at hand.
    pub fn add_lookup(&mut self, name: &str, table: Table, definition: Definition) {
        self.lookups.insert(name.to_owned(), Lookup::Loaded(Arc::new(table), definition));
    }

    /// The names of all lookups.
    pub fn lookups(&self) -> impl Iterator<Item = &str> {
        self.lookups.keys().map(String::as_str)
    }

    /// Says what becomes of the rows of `outputlookup`.
    pub fn write_lookups(&mut self, written: Written) {
        self.written = written;
    }

    /// What becomes of the rows of `outputlookup`.
    pub(crate) fn written(&self) -> &Written {
        &self.written
    }

    /// Makes the changes of a query that has run.
    pub(crate) fn change(&self, changes: &[Change]) -> Result<(), String> {
        match &self.written {
            Written::Folder(path) => folder::apply(path, changes),
            Written::Refused | Written::Nowhere => Ok(()),
        }
    }

    /// A lookup's table and definition, by definition or file name; `None` if there is none.
    pub(crate) fn lookup(&self, name: &str) -> Option<Result<(Arc<Table>, Definition), String>> {
        let known = self.lookups.get(name);
        if let Some(table) = self.written_before(name) {
            let definition = known.map_or_else(|| Definition::of_file(name.into()), Lookup::definition);
            return Some(table.map(|table| (Arc::new(table), definition)));
        }
        Some(match known? {
            Lookup::Loaded(table, definition) => Ok((Arc::clone(table), definition.clone())),
            Lookup::Defined(definition, read) => {
                let mut read = read.lock().unwrap_or_else(PoisonError::into_inner);
                let table = match read.upgrade() {
                    Some(table) => Ok(table),
                    None => Table::read(&definition.file).map(Arc::new),
                };
                table.map(|table| {
                    *read = Arc::downgrade(&table);
                    (table, definition.clone())
                })
            }
        })
    }

    /// Whether a lookup has a table, which may be one that cannot be read.
    pub(crate) fn has_table(&self, name: &str) -> bool {
        let of_app = match self.lookups.get(name) {
            Some(Lookup::Loaded(..)) => true,
            Some(Lookup::Defined(definition, _)) => definition.file.is_file(),
            None => false,
        };
        of_app || self.written_before(name).is_some()
    }

    fn written_before(&self, name: &str) -> Option<Result<Table, String>> {
        match &self.written {
            Written::Folder(path) => folder::read(path, &self.lookup_file(name)?),
            Written::Refused | Written::Nowhere => None,
        }
    }

    /// The file that a lookup's table is written to: that of its definition, or else its name must be one.
    pub(crate) fn lookup_file(&self, name: &str) -> Option<FileName> {
        match self.lookups.get(name) {
            Some(known) => FileName::new(known.definition().file.file_name()?.to_str()?),
            None => FileName::new(name),
        }
    }
}

/// The folders of an app whose files are read, later ones over earlier ones. Packages have theirs at the top.
const LAYERS: [&str; 3] = ["", "default", "local"];

/// The files of a folder with this ending, by name.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.flatten().map(|entry| entry.path());
    let mut files: Vec<PathBuf> =
        paths.filter(|path| path.extension().is_some_and(|own| own == ending)).collect();
    files.sort();
    files
}

impl Shared {
    fn shipped() -> Self {
        let mut shared = Self::default();
        for (name, text) in SHIPPED {
            shared.add(name, text);
        }
        shared
    }

    fn add(&mut self, name: &str, text: &str) {
        if let Some(stanzas) = self.of(name) {
            conf::merge(text, stanzas);
        }
    }

    fn read(&mut self, app: &Path, problems: &mut Vec<String>) {
        for name in ["props.conf", "transforms.conf", "eventtypes.conf", "tags.conf"] {
            if let Some(stanzas) = self.of(name) {
                read_layers(app, name, stanzas, problems);
            }
        }
    }

    fn of(&mut self, name: &str) -> Option<&mut Stanzas> {
        match name {
            "props.conf" => Some(&mut self.props),
            "transforms.conf" => Some(&mut self.transforms),
            "eventtypes.conf" => Some(&mut self.event_types),
            "tags.conf" => Some(&mut self.tags),
            _ => None,
        }
    }
}

/// The app of the program itself, by file.
const SHIPPED: [(&str, &str); 4] = [
    ("props.conf", include_str!("../../../knowledge/default/props.conf")),
    ("transforms.conf", TRANSFORMS),
    ("eventtypes.conf", include_str!("../../../knowledge/default/eventtypes.conf")),
    ("tags.conf", include_str!("../../../knowledge/default/tags.conf")),
];

const TRANSFORMS: &str = include_str!("../../../knowledge/default/transforms.conf");

/// Its lookup tables.
const LOOKUPS: [(&str, &str); 4] = [
    ("es_assets.csv", include_str!("../../../knowledge/lookups/es_assets.csv")),
    ("es_identities.csv", include_str!("../../../knowledge/lookups/es_identities.csv")),
    ("sysmon_signatures.csv", include_str!("../../../knowledge/lookups/sysmon_signatures.csv")),
    ("windows_signatures.csv", include_str!("../../../knowledge/lookups/windows_signatures.csv")),
];

fn read_conf(app: &Path, file: &str, problems: &mut Vec<String>) -> Stanzas {
    let mut stanzas = Stanzas::new();
    read_layers(app, file, &mut stanzas, problems);
    stanzas
}

fn read_layers(app: &Path, file: &str, stanzas: &mut Stanzas, problems: &mut Vec<String>) {
    for layer in LAYERS {
        let path = app.join(layer).join(file);
        match std::fs::read(&path) {
            Ok(bytes) => conf::merge(&String::from_utf8_lossy(&bytes), stanzas),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => problems.push(format!("{}: {error}", path.display())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lookup_of_the_kv_store_is_empty_without_its_file() {
        let app = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(app.path().join("default")).unwrap();
        std::fs::create_dir_all(app.path().join("lookups")).unwrap();
        let conf = "[seen]\ncollection = seen_hosts\nfields_list = _key, host\nexternal_type = kvstore\n";
        std::fs::write(app.path().join("default/transforms.conf"), conf).unwrap();
        let table = || Knowledge::load(&[app.path().to_owned()]).0.lookup("seen").unwrap().unwrap().0;
        assert_eq!(
            (table().columns.clone(), table().rows.len()),
            (vec!["_key".to_owned(), "host".to_owned()], 0)
        );
        std::fs::write(app.path().join("lookups/seen_hosts.csv"), "_key,host\n1,a\n").unwrap();
        assert_eq!(table().rows.len(), 1);
    }
}
