//! Which detections a run uses.

use std::path::Path;

use crate::error::Error;
use crate::package::{self, Detection, Tier};
use crate::place::Place;

/// The detections that the names stand for, each once, in the order of the names. A name is a path, a shipped
/// package's id, or a shipped detection's file stem, name or id. Without names: all shipped ones.
///
/// # Errors
/// When a name stands for nothing, or a file cannot be read.
pub fn detections(names: &[String]) -> Result<Vec<Detection>, Error> {
    if names.is_empty() {
        return shipped();
    }
    let mut chosen: Vec<Detection> = Vec::new();
    for name in names {
        for detection in named(name)? {
            if chosen.iter().all(|other| other.file != detection.file) {
                chosen.push(detection);
            }
        }
    }
    Ok(chosen)
}

/// Those that `scan` runs: without names alerts and risk; of a package all but bare queries; else what was named. Who
/// names a folder names the queries in it.
///
/// # Errors
/// As [`detections`].
pub fn for_scan(names: &[String]) -> Result<Vec<Detection>, Error> {
    let mut chosen = detections(names)?;
    let named_itself =
        |detection: &Detection| names.iter().any(|name| is_called(detection, name) || is_in(detection, name));
    chosen.retain(|detection| match detection.tier {
        Tier::Alert | Tier::Risk => true,
        Tier::Hunt => !names.is_empty(),
        Tier::Query => named_itself(detection),
    });
    Ok(chosen)
}

fn shipped() -> Result<Vec<Detection>, Error> {
    let mut all = Vec::new();
    for (name, place) in Place::shipped() {
        all.extend(package::read_folder(&place, &name)?);
    }
    Ok(all)
}

/// The shipped detections of this file stem, without a look at the others: to parse all takes as long as a small scan.
fn shipped_as(stem: &str) -> Result<Vec<Detection>, Error> {
    let mut found = Vec::new();
    for (package, place) in Place::shipped() {
        for file in package::files(&place)? {
            if package::stem(&file).eq_ignore_ascii_case(stem) {
                found.extend(package::read_file(&place, &file, &package)?);
            }
        }
    }
    Ok(found)
}

fn named(name: &str) -> Result<Vec<Detection>, Error> {
    let path = Path::new(name);
    if path.is_dir() {
        return on_disk(path);
    }
    if path.is_file() {
        return single(path);
    }
    let found = shipped_as(name)?;
    if !found.is_empty() {
        return Ok(found);
    }
    let shipped = shipped()?;
    let found: Vec<Detection> = shipped
        .iter()
        .filter(|detection| detection.package.eq_ignore_ascii_case(name) || is_called(detection, name))
        .cloned()
        .collect();
    if found.is_empty() {
        let names = shipped.iter().flat_map(|found| [found.package.as_str(), &found.stem, &found.name]);
        let nearest = sluice_spl::nearest(name, names).map(str::to_owned);
        return Err(Error::Unknown { name: name.to_owned(), nearest });
    }
    Ok(found)
}

fn is_called(detection: &Detection, name: &str) -> bool {
    let same = |own: &str| !own.is_empty() && own.eq_ignore_ascii_case(name);
    same(&detection.stem)
        || same(&detection.name)
        || same(&detection.id)
        || Path::new(&detection.file) == Path::new(name)
}

/// Whether the detection lies in the folder of this name itself.
fn is_in(detection: &Detection, folder: &str) -> bool {
    let folder = Path::new(folder);
    Path::new(&detection.file).parent() == Some(folder) && folder.is_dir()
}

/// A package's folder, or a folder of packages.
fn on_disk(folder: &Path) -> Result<Vec<Detection>, Error> {
    let own = package::read_folder(&Place::Disk(folder.to_owned()), &file_name(folder))?;
    if !own.is_empty() {
        return Ok(own);
    }
    let unreadable = |error| Error::Read { file: folder.display().to_string(), error };
    let mut folders = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.is_dir() {
            folders.push(path);
        }
    }
    folders.sort();
    let mut all = Vec::new();
    for folder in folders {
        all.extend(package::read_folder(&Place::Disk(folder.clone()), &file_name(&folder))?);
    }
    if all.is_empty() {
        return Err(malformed(folder, "a folder without a detection (`.yml` with `search`, or `.spl`)"));
    }
    Ok(all)
}

fn single(path: &Path) -> Result<Vec<Detection>, Error> {
    let folder = path.parent().unwrap_or(Path::new(""));
    let package = folder.canonicalize().map(|folder| file_name(&folder)).unwrap_or_default();
    match package::read_file(&Place::Disk(folder.to_owned()), &file_name(path), &package)? {
        Some(detection) => Ok(vec![detection]),
        None => Err(malformed(path, "no `search` in it")),
    }
}

fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

fn malformed(path: &Path, message: &str) -> Error {
    Error::Malformed { file: path.display().to_string(), message: message.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stems(names: &[&str]) -> Vec<String> {
        let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
        for_scan(&names).unwrap().into_iter().map(|found| found.stem).collect()
    }

    #[test]
    fn a_package_is_scanned_without_its_bare_queries() {
        let has = |names: &[&str], stem: &str| stems(names).iter().any(|own| own == stem);
        assert!(has(&[], "upload_by_argument") && has(&["t1048.003"], "upload_by_argument"));
        assert!(!has(&[], "exfil_over_cleartext"), "a hunt runs when it is named");
        assert!(has(&["t1048.003"], "exfil_over_cleartext") && !has(&["t1048.003"], "seed"));
        assert_eq!(stems(&["seed"]), ["seed"]);
        assert_eq!(stems(&["../../packages/T1048.003/seed.spl"]), ["seed"]);
        assert!(has(&["../../packages"], "exfil_over_cleartext") && !has(&["../../packages"], "seed"));
    }

    #[test]
    fn a_folder_that_is_named_is_scanned_with_its_bare_queries() {
        let stems_of_package = stems(&["../../packages/T1048.003/"]);
        assert!(
            ["seed", "exfil_over_cleartext"]
                .iter()
                .all(|stem| stems_of_package.iter().any(|own| own == stem))
        );
        let folder = tempfile::tempdir().unwrap();
        for (file, query) in [("b.spl", "a=1"), ("a.spl", "a=2")] {
            std::fs::write(folder.path().join(file), query).unwrap();
        }
        assert_eq!(stems(&[&folder.path().display().to_string()]), ["a", "b"]);
    }

    #[test]
    fn a_stem_stands_for_what_it_does_among_all() {
        let shipped = shipped().unwrap();
        for one in &shipped {
            let found: Vec<String> = named(&one.stem).unwrap().into_iter().map(|found| found.file).collect();
            let called = shipped.iter().filter(|other| is_called(other, &one.stem));
            assert_eq!(found, called.map(|other| other.file.clone()).collect::<Vec<_>>());
        }
    }

    #[test]
    fn the_nearest_name_is_suggested() {
        let error = detections(&["exfil_over_cleartxt".to_owned()]).unwrap_err();
        assert!(error.to_string().ends_with("there is `exfil_over_cleartext`"), "{error}");
    }
}
