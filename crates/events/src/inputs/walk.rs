//! Paths → inputs.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tempfile::NamedTempFile;

use super::archive;
use super::split::cut_of;
use super::stream::{self, Watch};
use super::{Cut, Input, Inputs, LineIndex, Options, Origin, Problem};
use crate::format::{Format, HEAD, is_text, sniff};
use crate::tally::Tally;

/// Archives are looked into inside archives, and not further.
const MAX_ARCHIVES: usize = 2;

/// Gathers what is found.
pub(super) struct Walk<'a> {
    options: &'a Options,
    found: Inputs,
    has_read_stdin: bool,
}

impl<'a> Walk<'a> {
    pub(super) fn new(options: &'a Options) -> Self {
        Self { options, found: Inputs::default(), has_read_stdin: false }
    }

    pub(super) fn finish(self) -> Inputs {
        self.found
    }

    /// A path as the user gave it.
    pub(super) fn path(&mut self, given: &str) {
        if given == "-" {
            return self.stdin();
        }
        match fs::metadata(given) {
            Ok(metadata) => self.named(Path::new(given), &metadata),
            Err(error) if error.kind() == io::ErrorKind::NotFound => self.glob(given),
            Err(error) => self.problem(given, &error),
        }
    }

    fn named(&mut self, path: &Path, metadata: &fs::Metadata) {
        if metadata.is_dir() {
            self.folder(path);
        } else if metadata.is_file() {
            self.file(path, metadata.len(), true);
        } else {
            // A pipe, such as a shell's `<(command)`.
            let name = path.display().to_string();
            match File::open(path).and_then(spool) {
                Ok((spool, size)) => self.origin(&name, Origin::Spooled(spool), size, true),
                Err(error) => self.problem(&name, &error),
            }
        }
    }

    fn stdin(&mut self) {
        if self.has_read_stdin {
            return;
        }
        self.has_read_stdin = true;
        match spool(io::stdin().lock()) {
            Ok((spool, size)) => self.origin("-", Origin::Spooled(spool), size, true),
            Err(error) => self.problem("-", &error),
        }
    }

    fn glob(&mut self, given: &str) {
        let options = glob::MatchOptions { require_literal_separator: true, ..glob::MatchOptions::new() };
        let matches = glob::glob_with(given, options).into_iter().flatten();
        let mut paths: Vec<PathBuf> = matches.filter_map(Result::ok).collect();
        if paths.is_empty() {
            let message = match given.contains(['*', '?', '[']) {
                true => "no file matches this pattern",
                false => "no such file or folder",
            };
            let problem = Problem { path: given.to_owned(), message: message.to_owned(), missing: true };
            return self.found.problems.push(problem);
        }
        paths.sort_by(|one, other| bytes(one).cmp(bytes(other)));
        for path in paths {
            match fs::metadata(&path) {
                Ok(metadata) => self.named(&path, &metadata),
                Err(error) => self.problem(&path.display().to_string(), &error),
            }
        }
    }

    /// All files below a folder. Symbolic links in it are not followed: inside the folder their
    /// targets are met anyway, outside it they are not ours.
    fn folder(&mut self, folder: &Path) {
        let (mut files, mut folders) = (Vec::new(), vec![folder.to_owned()]);
        while let Some(folder) = folders.pop() {
            let entries = match fs::read_dir(&folder) {
                Ok(entries) => entries,
                Err(error) => {
                    self.problem(&folder.display().to_string(), &error);
                    continue;
                }
            };
            for entry in entries.filter_map(Result::ok) {
                match entry.file_type() {
                    Ok(kind) if kind.is_dir() => folders.push(entry.path()),
                    Ok(kind) if kind.is_file() => files.push(entry.path()),
                    _ => {}
                }
            }
        }
        files.sort_by(|one, other| bytes(one).cmp(bytes(other)));
        for path in files {
            match fs::symlink_metadata(&path) {
                Ok(metadata) => self.file(&path, metadata.len(), false),
                Err(error) => self.problem(&path.display().to_string(), &error),
            }
        }
    }

    fn file(&mut self, path: &Path, size: u64, named: bool) {
        self.origin(&path.display().to_string(), Origin::File(path.to_owned()), size, named);
    }

    fn origin(&mut self, name: &str, origin: Origin, size: u64, named: bool) {
        let watch = self.watch(name);
        let opened = stream::open(&origin, &watch).and_then(|opened| {
            let (head, _) = stream::peek(opened.bytes, HEAD)?;
            Ok((head, !opened.is_compressed))
        });
        match opened {
            Ok((head, is_plain)) => {
                // Damage so early that nobody can say what it was. Later damage is met by the reader.
                if !is_plain && sniff(&head).opener().is_none() && archive::kind(&head).is_none() {
                    let is_damaged = self.damage(name, &watch);
                    if is_damaged && sniff(&head) == Format::Empty {
                        return;
                    }
                }
                self.head(Met { name, origin, size, named, is_plain, depth: 0 }, &head);
            }
            Err(error) => self.problem(name, &error),
        }
    }

    /// Says what was lost of a stream so far; whether anything was.
    fn damage(&mut self, name: &str, watch: &Watch) -> bool {
        let (losses, _) = watch.tally.losses();
        losses.iter().for_each(|loss| self.say(name, &loss.what));
        !losses.is_empty()
    }

    /// An input or an archive, by its first bytes.
    fn head(&mut self, met: Met<'_>, head: &[u8]) {
        if let Some(kind) = archive::kind(head) {
            return self.archive(met, kind);
        }
        let Met { name, origin, size, named, is_plain, .. } = met;
        let format = match sniff(head) {
            Format::Unknown if self.takes_text(named) && is_text(head) => Format::Text,
            format => format,
        };
        let cut = if is_plain { cut_of(format, head) } else { Cut::Whole };
        let lines = (cut == Cut::Lines).then(|| Arc::new(LineIndex::new(origin.path().to_owned())));
        let footer = (cut == Cut::RowGroups).then(Arc::default);
        self.found.inputs.push(Input {
            name: name.to_owned(),
            origin,
            format,
            size,
            named,
            cut,
            lines,
            footer,
        });
    }

    /// Whether text of no known format is a log: the user says so. In a folder there is other text as well.
    fn takes_text(&self, named: bool) -> bool {
        named || self.options.overrides.sourcetype.is_some()
    }

    fn archive(&mut self, met: Met<'_>, kind: archive::Archive) {
        let name = met.name;
        if met.depth >= MAX_ARCHIVES {
            return self.say(name, "an archive inside an archive inside an archive is not opened");
        }
        let watch = self.watch(name);
        let archive = match met.is_plain {
            true => Ok(met.origin),
            false => stream::open(&met.origin, &watch).and_then(|opened| spool(opened.bytes)).map(spooled),
        };
        let archive = match archive {
            Ok(archive) => Arc::new(archive),
            Err(error) => return self.problem(name, &error),
        };
        let (members, failure) = archive::members(&archive, kind, &watch);
        for member in members {
            let name = format!("{name}!{}", member.name);
            let origin = Origin::Member(Arc::clone(&archive), member.part);
            let (size, depth) = (member.part.stored, met.depth + 1);
            match member.head {
                Ok(head) => {
                    let met = Met { name: &name, origin, size, named: false, is_plain: false, depth };
                    self.head(met, &head);
                }
                Err(message) => self.say(&name, &message),
            }
        }
        match failure {
            Some(message) => self.say(name, &message),
            None => {
                self.damage(name, &watch);
            }
        }
    }

    fn watch(&self, name: &str) -> Watch {
        let tally = Arc::new(Tally::default());
        Watch {
            name: name.to_owned(),
            counted: Arc::clone(&tally),
            tally,
            max_archive: self.options.max_archive,
        }
    }

    fn say(&mut self, path: &str, message: &str) {
        let problem = Problem { path: path.to_owned(), message: message.to_owned(), missing: false };
        self.found.problems.push(problem);
    }

    fn problem(&mut self, path: &str, error: &io::Error) {
        let missing = error.kind() == io::ErrorKind::NotFound;
        let problem = Problem { path: path.to_owned(), message: error.to_string(), missing };
        self.found.problems.push(problem);
    }
}

/// Something that may be an input.
struct Met<'a> {
    name: &'a str,
    origin: Origin,
    size: u64,
    named: bool,
    /// Its bytes are a file as it stands: not compressed, not a member.
    is_plain: bool,
    /// Archives around it.
    depth: usize,
}

fn spooled((spool, _): (Arc<tempfile::TempPath>, u64)) -> Origin {
    Origin::Spooled(spool)
}

fn bytes(path: &Path) -> &[u8] {
    path.as_os_str().as_encoded_bytes()
}

/// Copies a stream to a file of ours, for a query may read it twice.
fn spool(mut bytes: impl Read) -> io::Result<(Arc<tempfile::TempPath>, u64)> {
    let mut file = NamedTempFile::new()?;
    let size = io::copy(&mut bytes, &mut file)?;
    Ok((Arc::new(file.into_temp_path()), size))
}
