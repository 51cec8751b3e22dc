//! What is inside a zip or tar file.

use std::fs::File;
use std::io::BufReader;
use std::sync::Arc;

use super::stream::{self, Watch};
use super::{Method, Origin, Part};
use crate::format::HEAD;

/// Kinds of archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Archive {
    Zip,
    Tar,
}

/// A file in an archive.
pub(super) struct Member {
    pub(super) name: String,
    pub(super) part: Part,
    /// Its first bytes, decompressed; or why it cannot be read.
    pub(super) head: Result<Vec<u8>, String>,
}

/// Whether these (decompressed) first bytes begin an archive.
pub(super) fn kind(head: &[u8]) -> Option<Archive> {
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        return Some(Archive::Zip);
    }
    (head.get(257..262) == Some(b"ustar")).then_some(Archive::Tar)
}

/// The files in an archive, in its own order. What could be listed before an error is kept.
pub(super) fn members(archive: &Arc<Origin>, kind: Archive, watch: &Watch) -> (Vec<Member>, Option<String>) {
    let mut members = Vec::new();
    let listed = File::open(archive.path()).and_then(|file| match kind {
        Archive::Zip => zip(file, archive, watch, &mut members),
        Archive::Tar => tar(file, archive, watch, &mut members),
    });
    (members, listed.err().map(|error| error.to_string()))
}

fn zip(file: File, origin: &Arc<Origin>, watch: &Watch, members: &mut Vec<Member>) -> std::io::Result<()> {
    let mut archive = zip::ZipArchive::new(BufReader::new(file))?;
    for index in 0..archive.len() {
        let file = archive.by_index_raw(index)?;
        if !file.is_file() {
            continue;
        }
        let name = shown(file.name_raw());
        let method = match file.compression() {
            _ if file.encrypted() => Err("it is encrypted".to_owned()),
            zip::CompressionMethod::Stored => Ok(Method::Stored),
            zip::CompressionMethod::Deflated => Ok(Method::Deflated),
            other => Err(format!("compressed by {other}, which is not read")),
        };
        let at = file.data_start().unwrap_or_default();
        let stored = file.compressed_size();
        let checksum = Some(file.crc32());
        let part = Part { at, stored, method: method.clone().unwrap_or(Method::Stored), checksum };
        let head = method.and_then(|_| head(&Origin::Member(Arc::clone(origin), part), watch));
        members.push(Member { name, part, head });
    }
    Ok(())
}

fn head(origin: &Origin, watch: &Watch) -> Result<Vec<u8>, String> {
    let opened = stream::open(origin, watch).and_then(|opened| stream::peek(opened.bytes, HEAD));
    opened.map(|(head, _)| head).map_err(|error| error.to_string())
}

fn tar(file: File, origin: &Arc<Origin>, watch: &Watch, members: &mut Vec<Member>) -> std::io::Result<()> {
    let mut archive = tar::Archive::new(BufReader::new(file));
    for entry in archive.entries_with_seek()? {
        let entry = entry?;
        if !entry.header().entry_type().is_file() {
            continue;
        }
        let name = shown(&entry.path_bytes());
        let (at, stored) = (entry.raw_file_position(), entry.size());
        let part = Part { at, stored, method: Method::Stored, checksum: None };
        let head = head(&Origin::Member(Arc::clone(origin), part), watch);
        members.push(Member { name, part, head });
    }
    Ok(())
}

/// A member's name fit to be shown: archives come from attackers.
fn shown(name: &[u8]) -> String {
    let name = String::from_utf8_lossy(name);
    name.chars().map(|char| if char.is_control() { char::REPLACEMENT_CHARACTER } else { char }).collect()
}
