//! The knowledge that a package brings along: `macros.conf`, `transforms.conf`, `lookups/*.csv`, in Splunk's formats.
//! It lies below the apps that the user names, so an app changes a parameter without touching a query.

use std::path::PathBuf;

use sluice_engine::lookup::Written;
use sluice_engine::{Engine, Knowledge, Settings};
use tempfile::TempDir;

use crate::error::Error;
use crate::place::Place;

/// What a package's folder holds if it brings knowledge along.
const CONF: [&str; 2] = ["macros.conf", "transforms.conf"];
const LOOKUPS: &str = "lookups";
/// What the user changed, in Splunk's way: over the package's own.
const LOCAL: &str = "local";

/// An engine for each package whose detections run, with the package's knowledge and the user's apps.
#[derive(Debug)]
pub struct Engines {
    settings: Settings,
    apps: Vec<PathBuf>,
    written: Written,
    loaded: Vec<Loaded>,
}

#[derive(Debug)]
struct Loaded {
    /// The package; `None` for all that bring nothing along.
    package: Option<Place>,
    engine: Engine,
    /// A shipped package's files. Lookups are read when a query asks for them.
    _unpacked: Option<TempDir>,
}

impl Engines {
    /// Engines with these settings and apps, none loaded yet. `written` is where `outputlookup` writes to.
    pub fn new(settings: Settings, apps: &[PathBuf], written: Written) -> Self {
        Self { settings, apps: apps.to_vec(), written, loaded: Vec::new() }
    }

    /// Loads the knowledge of a package, if that has not been done.
    ///
    /// # Errors
    /// When a file of it, or of an app, cannot be read.
    pub fn load(&mut self, package: &Place) -> Result<(), Error> {
        self.of(Some(package)).map(|_| ())
    }

    /// The engine for the detections of a package, or for queries of none.
    ///
    /// # Errors
    /// When a file of its knowledge, or of an app, cannot be read.
    pub fn of(&mut self, package: Option<&Place>) -> Result<&Engine, Error> {
        let package = bringing_knowledge(package)?;
        let at = match self.loaded.iter().position(|loaded| loaded.package == package) {
            Some(at) => at,
            None => {
                self.loaded.push(self.read(package)?);
                self.loaded.len() - 1
            }
        };
        Ok(&self.loaded[at].engine)
    }

    /// The engine for the detections of a package that was loaded.
    ///
    /// # Errors
    /// When its folder cannot be read any more, or was not loaded.
    pub fn loaded(&self, package: &Place) -> Result<&Engine, Error> {
        let package = bringing_knowledge(Some(package))?;
        let loaded = self.loaded.iter().find(|loaded| loaded.package == package);
        loaded.map(|loaded| &loaded.engine).ok_or_else(|| {
            let shown = package.map_or_else(String::new, |package| package.shown(""));
            Error::Knowledge(vec![format!("{shown} was not loaded")])
        })
    }

    fn read(&self, package: Option<Place>) -> Result<Loaded, Error> {
        let (folder, unpacked) = match &package {
            None => (None, None),
            Some(Place::Disk(folder)) => (Some(folder.clone()), None),
            Some(shipped) => {
                let unpacked = shipped.unpack_knowledge()?;
                (Some(unpacked.path().to_owned()), Some(unpacked))
            }
        };
        let folders: Vec<PathBuf> = folder.into_iter().chain(self.apps.iter().cloned()).collect();
        let (mut knowledge, problems) = Knowledge::load(&folders);
        if !problems.is_empty() {
            return Err(Error::Knowledge(problems));
        }
        knowledge.write_lookups(self.written.clone());
        let engine = Engine::new(self.settings.clone(), knowledge);
        Ok(Loaded { package, engine, _unpacked: unpacked })
    }
}

/// The package, if it brings knowledge along.
fn bringing_knowledge(package: Option<&Place>) -> Result<Option<Place>, Error> {
    match package {
        Some(package) if package.has_knowledge()? => Ok(Some(package.clone())),
        _ => Ok(None),
    }
}

impl Place {
    /// Whether there are macros or lookups in it.
    fn has_knowledge(&self) -> Result<bool, Error> {
        if let Place::Disk(folder) = self {
            return Ok(CONF.iter().chain(&[LOOKUPS, LOCAL]).any(|name| folder.join(name).exists()));
        }
        Ok(self.names()?.iter().any(|name| CONF.contains(&name.as_str())))
    }

    /// Its knowledge as a folder of its own.
    fn unpack_knowledge(&self) -> Result<TempDir, Error> {
        let failed = |error| Error::Read { file: self.shown(""), error };
        let folder = tempfile::tempdir().map_err(failed)?;
        std::fs::create_dir(folder.path().join(LOOKUPS)).map_err(failed)?;
        let lookups = self.join(LOOKUPS);
        let confs = CONF.iter().map(|name| (self, (*name).to_owned(), folder.path().join(name)));
        let tables = lookups.names()?.into_iter().map(|name| {
            let path = folder.path().join(LOOKUPS).join(&name);
            (&lookups, name, path)
        });
        for (place, name, path) in confs.chain(tables) {
            if let Some(bytes) = place.read(&name)? {
                std::fs::write(path, bytes).map_err(failed)?;
            }
        }
        Ok(folder)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use sluice_events::inputs::Inputs;
    use sluice_events::tally::Tally;

    use super::*;

    const QUERY: &str = "| makeresults | eval port=`limit` | lookup ports port OUTPUT name | table port name";

    fn package() -> TempDir {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("lookups")).unwrap();
        for (name, text) in [
            ("macros.conf", "[limit]\ndefinition = 21\n"),
            ("transforms.conf", "[ports]\nfilename = ports.csv\n"),
            ("lookups/ports.csv", "port,name\n21,ftp\n25,smtp\n"),
        ] {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        folder
    }

    fn run(engine: &Engine) -> Vec<String> {
        let answer = engine.run(QUERY, &Inputs::default(), &Arc::new(Tally::default())).unwrap();
        let row = answer.rows.iter().next().unwrap().unwrap();
        let text = |name| row.get(name).unwrap().texts().join(" ");
        vec![text("port"), text("name")]
    }

    #[test]
    fn a_package_brings_macros_and_lookups_and_an_app_changes_them() {
        let (package, app) = (package(), tempfile::tempdir().unwrap());
        let place = Place::Disk(package.path().to_owned());
        let mut engines = Engines::new(Settings::default(), &[], Written::Refused);
        assert_eq!(run(engines.of(Some(&place)).unwrap()), ["21", "ftp"]);
        std::fs::create_dir(app.path().join("default")).unwrap();
        std::fs::write(app.path().join("default/macros.conf"), "[limit]\ndefinition = 25\n").unwrap();
        let mut engines = Engines::new(Settings::default(), &[app.path().to_owned()], Written::Refused);
        assert_eq!(run(engines.of(Some(&place)).unwrap()), ["25", "smtp"]);
    }

    #[test]
    fn a_file_in_local_wins_over_the_package() {
        let package = package();
        std::fs::create_dir(package.path().join("local")).unwrap();
        std::fs::write(package.path().join("local/macros.conf"), "[limit]\ndefinition = 25\n").unwrap();
        let mut engines = Engines::new(Settings::default(), &[], Written::Refused);
        assert_eq!(run(engines.of(Some(&Place::Disk(package.path().to_owned()))).unwrap()), ["25", "smtp"]);
    }

    #[test]
    fn folders_without_knowledge_share_an_engine() {
        let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let mut engines = Engines::new(Settings::default(), &[], Written::Refused);
        engines.load(&Place::Disk(one.path().to_owned())).unwrap();
        engines.load(&Place::Disk(other.path().to_owned())).unwrap();
        assert_eq!(engines.loaded.len(), 1);
    }
}
