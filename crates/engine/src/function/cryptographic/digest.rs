//! `md5`, `sha1`, `sha256`, `sha512`: digests of a text in lower-case hexadecimal.

use arrow::array::ArrayRef;
use datafusion::common::Result as DataFusionResult;
use md5::{Digest, Md5};
use sha1::Sha1;
use sha2::{Sha256, Sha512};

use crate::function::Function;
use crate::kernel::{self, Arg};
use crate::value::TEXT;

/// `md5(TEXT)`
pub const MD5: Function = Function {
    name: "md5",
    arguments: (1, Some(1)),
    syntax: "md5(TEXT)",
    summary: "The MD5 digest of a text.",
    examples: &[
        ("md5(\"\")", "d41d8cd98f00b204e9800998ecf8427e"),
        ("md5(\"abc\")", "900150983cd24fb0d6963f7d28e17f72"),
    ],
    build: |call| Ok(call.kernel(TEXT, |_, args, rows| digest::<Md5>(args, rows))),
};

/// `sha1(TEXT)`
pub const SHA1: Function = Function {
    name: "sha1",
    arguments: (1, Some(1)),
    syntax: "sha1(TEXT)",
    summary: "The SHA-1 digest of a text.",
    examples: &[("sha1(\"abc\")", "a9993e364706816aba3e25717850c26c9cd0d89d"), ("sha1(nosuch)", "null")],
    build: |call| Ok(call.kernel(TEXT, |_, args, rows| digest::<Sha1>(args, rows))),
};

/// `sha256(TEXT)`
pub const SHA256: Function = Function {
    name: "sha256",
    arguments: (1, Some(1)),
    syntax: "sha256(TEXT)",
    summary: "The SHA-256 digest of a text.",
    examples: &[
        ("sha256(\"abc\")", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        ("sha256(nosuch)", "null"),
    ],
    build: |call| Ok(call.kernel(TEXT, |_, args, rows| digest::<Sha256>(args, rows))),
};

/// `sha512(TEXT)`
pub const SHA512: Function = Function {
    name: "sha512",
    arguments: (1, Some(1)),
    syntax: "sha512(TEXT)",
    summary: "The SHA-512 digest of a text.",
    examples: &[
        (
            "sha512(\"abc\")",
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        ),
        ("sha512(nosuch)", "null"),
    ],
    build: |call| Ok(call.kernel(TEXT, |_, args, rows| digest::<Sha512>(args, rows))),
};

fn digest<D: Digest>(args: &[Arg], rows: usize) -> DataFusionResult<ArrayRef> {
    let [text] = args else { return Ok(kernel::nulls(&TEXT, rows)) };
    Ok(kernel::texts(rows, |row| Some(hex(&D::digest(text.text(row)?.as_bytes())).into())))
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]).map(|digit| DIGITS[digit as usize] as char).collect()
}
