//! `iplocation`: the place of an IP address.

use super::{Command, Doc};
use crate::args::OptionArg;
use crate::cursor::{Cursor, Parse};
use crate::ops::Locate;
use crate::printer::name::{field, value};

/// For `sluice help iplocation`.
pub(crate) const DOC: Doc = Doc {
    name: "iplocation",
    aliases: &[],
    summary: "Adds City, Country, Region, lat and lon of an IP address, from the MaxMind DB file that `--geoip` names.",
    syntax: "iplocation [prefix=<text>] [allfields=<bool>] [lang=<language>, …] <field>",
    example: "index=main | iplocation src_ip | stats count BY Country",
    hints: &[],
    differs: &[("without `--geoip FILE`", "is an error: no database is shipped")],
};

const OPTIONS: [&str; 3] = ["allfields", "lang", "prefix"];

/// Reads the arguments.
pub(crate) fn parse(cursor: &mut Cursor<'_>) -> Parse<Command> {
    let mut options = Options::default();
    let mut field = None;
    while !cursor.at_command_end() {
        if let Some(option) = cursor.option()? {
            options.set(&option)?;
        } else if field.is_none() {
            field = Some(cursor.field()?);
        } else {
            break;
        }
    }
    let field =
        field.ok_or_else(|| cursor.expected("a field").with_help("for example `iplocation src_ip`"))?;
    let Options { prefix, all_fields, languages } = options;
    Ok(Command::IpLocation(Locate { field, prefix, all_fields, languages }))
}

#[derive(Default)]
struct Options {
    prefix: String,
    all_fields: bool,
    languages: Vec<String>,
}

impl Options {
    fn set(&mut self, option: &OptionArg) -> Parse<()> {
        let text = &option.value.text;
        match option.name.text.as_str() {
            "allfields" => self.all_fields = option.boolean()?,
            "prefix" => self.prefix.clone_from(text),
            "lang" => {
                let languages = text.split(',').map(|language| language.trim().to_owned());
                self.languages = languages.filter(|language| !language.is_empty()).collect();
            }
            _ => return Err(option.unknown("iplocation", &OPTIONS)),
        }
        Ok(())
    }
}

/// The arguments as text.
pub(crate) fn print(locate: &Locate) -> String {
    let mut out = String::new();
    if !locate.prefix.is_empty() {
        out += &format!("prefix={} ", value(&locate.prefix));
    }
    if locate.all_fields {
        out += "allfields=true ";
    }
    if !locate.languages.is_empty() {
        out += &format!("lang={} ", value(&locate.languages.join(",")));
    }
    out + &field(&locate.field.text)
}

#[cfg(test)]
mod tests {
    use crate::command::tests_support::{fails, prints};

    #[test]
    fn options_stand_on_either_side() {
        prints("iplocation sourceIPs{}", "iplocation sourceIPs{}");
        prints(
            "iplocation prefix=src_ allfields=t src lang=\"de, en\"",
            "iplocation prefix=src_ allfields=true lang=\"de,en\" src",
        );
        fails("iplocation", "expected a field, found end of query");
        fails("iplocation pre=x src", "`iplocation` has no option `pre`");
    }
}
