//! C's `printf` formats: read, and one value written.

/// A piece of a format.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Piece {
    /// As it stands.
    Text(String),
    /// A value.
    Value(Spec),
}

impl Piece {
    /// How many arguments it takes.
    pub(super) fn arguments(&self) -> usize {
        match self {
            Self::Text(_) => 0,
            Self::Value(spec) => {
                1 + [spec.width, spec.precision].iter().filter(|count| **count == Count::Argument).count()
            }
        }
    }
}

/// A width or a precision.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Count {
    None,
    Given(i64),
    /// `*`: the next argument.
    Argument,
}

/// How a value is written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Spec {
    pub(super) left: bool,
    plus: bool,
    space: bool,
    alternate: bool,
    zero: bool,
    commas: bool,
    pub(super) width: Count,
    pub(super) precision: Count,
    pub(super) conversion: char,
}

/// The pieces of a format; `None` for an unknown conversion.
pub(super) fn parse(format: &str) -> Option<Vec<Piece>> {
    let mut pieces = Vec::new();
    let mut rest = format;
    while let Some((text, after)) = rest.split_once('%') {
        pieces.push(Piece::Text(text.to_owned()));
        if let Some(after) = after.strip_prefix('%') {
            pieces.push(Piece::Text("%".to_owned()));
            rest = after;
            continue;
        }
        let flags = after.len() - after.trim_start_matches(['-', '+', ' ', '#', '0', '\'']).len();
        let (flags, after) = after.split_at(flags);
        let (width, after) = count(after)?;
        let (precision, after) = match after.strip_prefix('.') {
            Some(after) => match count(after)? {
                (Count::None, after) => (Count::Given(0), after),
                given => given,
            },
            None => (Count::None, after),
        };
        let after = after.trim_start_matches(['h', 'l', 'j', 't', 'L']);
        let conversion = match after.chars().next()? {
            // Splunk's other names.
            'z' => 's',
            'p' => 'X',
            letter if "aAcdieEfFgGosuxX".contains(letter) => letter,
            _ => return None,
        };
        let flag = |flag| flags.contains(flag);
        pieces.push(Piece::Value(Spec {
            left: flag('-'),
            plus: flag('+'),
            space: flag(' '),
            alternate: flag('#'),
            zero: flag('0'),
            commas: flag('\''),
            width,
            precision,
            conversion,
        }));
        rest = &after[1..];
    }
    pieces.push(Piece::Text(rest.to_owned()));
    Some(pieces)
}

fn count(text: &str) -> Option<(Count, &str)> {
    if let Some(after) = text.strip_prefix('*') {
        return Some((Count::Argument, after));
    }
    let after = text.trim_start_matches(|letter: char| letter.is_ascii_digit());
    let digits = &text[..text.len() - after.len()];
    Some((if digits.is_empty() { Count::None } else { Count::Given(digits.parse().ok()?) }, after))
}

impl Spec {
    /// A text, cut to the precision.
    pub(super) fn text(&self, text: &str) -> String {
        let most = self.given(self.precision).unwrap_or(usize::MAX);
        self.pad("", text.chars().take(most).collect(), false)
    }

    /// A number.
    pub(super) fn number(&self, number: f64) -> String {
        let precision = self.given(self.precision);
        let unsigned = matches!(self.conversion, 'o' | 'u' | 'x' | 'X');
        let sign = match () {
            () if unsigned => "",
            () if number < 0.0 => "-",
            () if self.plus => "+",
            () if self.space => " ",
            () => "",
        };
        if !number.is_finite() {
            return self.pad(sign, if number.is_nan() { "nan" } else { "inf" }.to_owned(), false);
        }
        // Negative numbers read as unsigned are their two's complement, as in C.
        let bits = if number < 0.0 { number as i64 as u64 } else { number as u64 };
        let (prefix, digits) = match self.conversion {
            'x' => ("0x", format!("{bits:x}")),
            'X' => ("0X", format!("{bits:X}")),
            'o' => ("0", format!("{bits:o}")),
            'u' => ("", bits.to_string()),
            'd' | 'i' => ("", (number.abs() as u64).to_string()),
            _ => ("", super::float::digits(self.conversion, precision, self.alternate, number.abs())),
        };
        let whole = unsigned || matches!(self.conversion, 'd' | 'i');
        let digits =
            if whole { format!("{digits:0>width$}", width = precision.unwrap_or(1)) } else { digits };
        let digits = if self.commas { super::float::grouped(&digits) } else { digits };
        let prefix = if self.alternate && bits != 0 { prefix } else { "" };
        self.pad(&format!("{sign}{prefix}"), digits, !(whole && precision.is_some()))
    }

    fn given(&self, count: Count) -> Option<usize> {
        if let Count::Given(count) = count { usize::try_from(count).ok() } else { None }
    }

    fn pad(&self, prefix: &str, text: String, zeros: bool) -> String {
        let length = prefix.chars().count() + text.chars().count();
        let missing = self.given(self.width).unwrap_or(0).saturating_sub(length);
        match () {
            () if self.left => format!("{prefix}{text}{}", " ".repeat(missing)),
            () if self.zero && zeros => format!("{prefix}{}{text}", "0".repeat(missing)),
            () => format!("{}{prefix}{text}", " ".repeat(missing)),
        }
    }
}
