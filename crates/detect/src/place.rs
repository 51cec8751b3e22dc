//! Where a package's files are: in a folder, or inside the binary.

use std::borrow::Cow;
use std::io;
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::shipped::FILES;

/// A folder of files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// On disk.
    Disk(PathBuf),
    /// Inside the binary, under this prefix (`T1048.003/`).
    Shipped(String),
}

/// A file that a reader can open; a shipped one is unpacked and removed in the end.
#[derive(Debug)]
pub struct OnDisk {
    /// Its path.
    pub path: PathBuf,
    _unpacked: Option<tempfile::TempDir>,
}

impl Place {
    /// The packages inside the binary.
    pub(crate) fn shipped() -> Vec<(String, Place)> {
        let mut names: Vec<&str> =
            FILES.iter().filter_map(|(file, _)| file.split_once('/')).map(|(name, _)| name).collect();
        names.dedup();
        names.into_iter().map(|name| (name.to_owned(), Self::Shipped(format!("{name}/")))).collect()
    }

    /// The folder of this name within.
    pub fn join(&self, name: &str) -> Place {
        match self {
            Self::Disk(folder) => Self::Disk(folder.join(name)),
            Self::Shipped(prefix) => Self::Shipped(format!("{prefix}{name}/")),
        }
    }

    /// How a file is called in messages.
    pub fn shown(&self, name: &str) -> String {
        match self {
            Self::Disk(folder) => folder.join(name).display().to_string(),
            Self::Shipped(prefix) => format!("{prefix}{name}"),
        }
    }

    /// The files directly within, in order.
    pub(crate) fn names(&self) -> Result<Vec<String>, Error> {
        match self {
            Self::Disk(folder) => names_on_disk(folder)
                .map_err(|error| Error::Read { file: folder.display().to_string(), error }),
            Self::Shipped(prefix) => Ok(FILES
                .iter()
                .filter_map(|(file, _)| file.strip_prefix(prefix.as_str()))
                .filter(|name| !name.contains('/'))
                .map(str::to_owned)
                .collect()),
        }
    }

    /// The bytes of a file; `None` if there is no such file.
    pub(crate) fn read(&self, name: &str) -> Result<Option<Cow<'static, [u8]>>, Error> {
        match self {
            Self::Disk(folder) => match std::fs::read(folder.join(name)) {
                Ok(bytes) => Ok(Some(Cow::Owned(bytes))),
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
                Err(error) => Err(Error::Read { file: self.shown(name), error }),
            },
            Self::Shipped(prefix) => Ok(shipped_file(&format!("{prefix}{name}")).map(Cow::Borrowed)),
        }
    }

    /// A file as one that a reader can open; `None` if there is no such file.
    pub(crate) fn on_disk(&self, name: &str) -> Result<Option<OnDisk>, Error> {
        let folder = match self {
            Self::Disk(folder) => {
                let path = folder.join(name);
                return Ok(path.is_file().then_some(OnDisk { path, _unpacked: None }));
            }
            Self::Shipped(_) => self,
        };
        let Some(bytes) = folder.read(name)? else { return Ok(None) };
        unpack(name, &bytes).map(Some).map_err(|error| Error::Read { file: self.shown(name), error })
    }
}

fn names_on_disk(folder: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if entry.path().is_file() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}

fn shipped_file(name: &str) -> Option<&'static [u8]> {
    FILES.iter().find(|(file, _)| *file == name).map(|(_, bytes)| *bytes)
}

fn unpack(name: &str, bytes: &[u8]) -> io::Result<OnDisk> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join(name.rsplit('/').next().unwrap_or(name));
    std::fs::write(&path, bytes)?;
    Ok(OnDisk { path, _unpacked: Some(folder) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_binary_holds_the_package() {
        let shipped = Place::shipped();
        let (_, place) = shipped.iter().find(|(name, _)| name == "T1048.003").unwrap();
        assert!(place.names().unwrap().contains(&"seed.spl".to_owned()));
        assert!(place.join("tests").read("seed.yml").unwrap().is_some());
        let log = place.join("tests").on_disk("test2_curl_http_upload/sysmon_external.log").unwrap().unwrap();
        assert!(log.path.is_file());
    }
}
