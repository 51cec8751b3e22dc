//! The folder that `outputlookup` writes to. Queries and apps name files in it, so a name is never a path: what is
//! written is a plain file in the folder itself, whatever lies there.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::Table;

/// What becomes of the rows of `outputlookup`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Written {
    /// They are an error: no folder was named.
    #[default]
    Refused,
    /// Nothing is written: the query is only looked at.
    Nowhere,
    /// They become files of this folder. Tables that are there come before those of apps.
    Folder(PathBuf),
}

/// The name of a table's file.
///
/// INVARIANT: it is one component of a path and ends in `.csv`; [`FileName::new`] keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FileName(String);

impl FileName {
    /// A name, if it can be one.
    pub(crate) fn new(name: &str) -> Option<Self> {
        let ending = name.len().checked_sub(".csv".len()).and_then(|at| name.get(at..));
        let plain = |c: char| !c.is_control() && !"/\\:*?\"<>|".contains(c);
        let fits = !name.starts_with('.')
            && name.len() <= MAX_NAME
            && ending.is_some_and(|ending| ending.eq_ignore_ascii_case(".csv"))
            && name.chars().all(plain);
        fits.then(|| Self(name.to_owned()))
    }
}

/// Bytes of a name, so that a temporary one fits into what file systems take.
const MAX_NAME: usize = 200;

/// What a query makes of a table: its new rows, or `None` where it goes.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    pub(crate) file: FileName,
    pub(crate) table: Option<Table>,
}

/// The table in a folder; `None` if it is not there.
pub(crate) fn read(folder: &Path, file: &FileName) -> Option<Result<Table, String>> {
    let path = folder.join(&file.0);
    match is_there(&path) {
        Ok(true) => Some(Table::read(&path)),
        Ok(false) => None,
        Err(why) => Some(Err(why)),
    }
}

/// Makes the changes of a query, each file as a whole.
pub(crate) fn apply(folder: &Path, changes: &[Change]) -> Result<(), String> {
    for Change { file, table } in changes {
        let path = folder.join(&file.0);
        let there = is_there(&path)?;
        let about = |error: io::Error| format!("{}: {error}", path.display());
        match table {
            Some(table) => replace(folder, file, &bytes(table).map_err(about)?).map_err(about)?,
            None if there => fs::remove_file(&path).map_err(about)?,
            None => {}
        }
    }
    Ok(())
}

/// Whether a file lies there. A link is not followed, neither to read nor to write.
fn is_there(path: &Path) -> Result<bool, String> {
    match fs::symlink_metadata(path) {
        Ok(found) if found.is_file() => Ok(true),
        Ok(_) => Err(format!("{}: not a plain file", path.display())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(format!("{}: {error}", path.display())),
    }
}

/// A table without columns is an empty file, as Splunk's `create_empty` makes one.
fn bytes(table: &Table) -> io::Result<Vec<u8>> {
    if table.columns.is_empty() {
        return Ok(Vec::new());
    }
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in std::iter::once(&table.columns).chain(&table.rows) {
        writer.write_record(row).map_err(io::Error::other)?;
    }
    writer.into_inner().map_err(|error| io::Error::other(error.to_string()))
}

/// Whoever reads the file meanwhile sees the old rows or the new ones.
fn replace(folder: &Path, file: &FileName, bytes: &[u8]) -> io::Result<()> {
    let (path, mut new) = temporary(folder, file)?;
    let written = new.write_all(bytes).and_then(|()| new.sync_all());
    let done = written.and_then(|()| fs::rename(&path, folder.join(&file.0)));
    if done.is_err() {
        let _ = fs::remove_file(&path);
    }
    done
}

/// A new file beside the table's. What lies there under its name already, a link for example, is not opened.
fn temporary(folder: &Path, file: &FileName) -> io::Result<(PathBuf, File)> {
    let mut last = None;
    for attempt in 0..16 {
        let path = folder.join(format!(".{}.{}-{attempt}", file.0, std::process::id()));
        match File::options().write(true).create_new(true).open(&path) {
            Ok(new) => return Ok((path, new)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => last = Some(error),
            Err(error) => return Err(error),
        }
    }
    Err(last.unwrap_or_else(|| io::Error::other("no name is free")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rows: &[&[&str]]) -> Table {
        let mut rows = rows.iter().map(|row| row.iter().map(|cell| (*cell).to_owned()).collect());
        Table { columns: rows.next().unwrap_or_default(), rows: rows.collect() }
    }

    #[test]
    fn a_name_is_never_a_path() {
        for name in ["a.csv", "Seen Users-1.CSV", "ü.csv"] {
            assert!(FileName::new(name).is_some(), "{name}");
        }
        let long = format!("{}.csv", "x".repeat(300));
        let wrong = ["", ".csv", "..", "a", "a.txt", "../a.csv", "/a.csv", "b/a.csv", "b\\a.csv", "c:a.csv"];
        for name in wrong.into_iter().chain(["..\u{0}.csv", "a\n.csv", ".a.csv", "a.csv.gz", &long]) {
            assert!(FileName::new(name).is_none(), "{name:?}");
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let file = FileName::new("a.csv").unwrap();
        assert!(read(folder.path(), &file).is_none());
        let written = table(&[&["a", "b"], &["1", "x,\"y\"\nz"], &["", ""]]);
        let change = |table| [Change { file: file.clone(), table }];
        apply(folder.path(), &change(Some(written.clone()))).unwrap();
        assert_eq!(read(folder.path(), &file).unwrap(), Ok(written));
        apply(folder.path(), &change(Some(Table::default()))).unwrap();
        assert_eq!(fs::read(folder.path().join("a.csv")).unwrap(), b"");
        assert_eq!(read(folder.path(), &file).unwrap(), Ok(Table::default()));
        apply(folder.path(), &change(None)).unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        apply(folder.path(), &change(None)).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn links_are_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let outside = folder.path().join("outside");
        fs::write(&outside, "a\n1\n").unwrap();
        let inside = folder.path().join("in");
        fs::create_dir(&inside).unwrap();
        std::os::unix::fs::symlink(&outside, inside.join("a.csv")).unwrap();
        let file = FileName::new("a.csv").unwrap();
        assert!(read(&inside, &file).unwrap().unwrap_err().ends_with("not a plain file"));
        for table in [None, Some(table(&[&["b"], &["2"]]))] {
            let change = Change { file: file.clone(), table };
            assert!(apply(&inside, &[change]).unwrap_err().ends_with("not a plain file"));
        }
        assert_eq!(fs::read(&outside).unwrap(), b"a\n1\n");
    }
}
