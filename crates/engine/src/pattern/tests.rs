use super::*;

fn found(pattern: &str, text: &str) -> Option<String> {
    let captures = compile(pattern).unwrap().captures(text, 0).unwrap()?;
    Some(text[captures.all()].to_owned())
}

fn is_linear(pattern: &str) -> bool {
    !matches!(compile(pattern).unwrap().engine, Engine::Backtracking(..))
}

proptest::proptest! {
    #[test]
    fn what_is_ruled_out_does_not_match(
        parts in proptest::collection::vec(proptest::sample::select(PARTS), 1..6),
        text in "[abc\n]{0,8}",
    ) {
        let pattern = parts.concat();
        if let (Ok(plan), Ok(pattern)) = (translate::translate(&pattern), Pattern::new(&pattern)) {
            let whole = backtracking(&plan.fancy).unwrap();
            proptest::prop_assert_eq!(pattern.is_match(&text).unwrap(), whole.is_match(&text).unwrap());
        }
    }
}

/// Parts of patterns, most of which only the backtracking engine knows.
const PARTS: &[&str] = &[
    "a",
    "b",
    ".",
    "(?<!a)",
    "(?<=b)",
    "(?=b)",
    "(?!c)",
    "(a|b)\\1",
    "b*+",
    "c++",
    "(?>ab|a)",
    "$",
    "^",
    "|",
    "c?",
    "\\b",
    "(?:(?=a)|b)",
    "(?!(a)b)*",
    "\\Z",
    "[^c]",
    "(?m)",
    "b{2}+",
];

#[test]
fn pcre_oddities_match_what_pcre_matches() {
    let cases: &[(&str, &str, Option<&str>)] = &[
        (r"\d+", "a٣4", Some("4")),
        (r"\w+", "éa", Some("a")),
        (r"[\w-]+", "é-a b", Some("-a")),
        (r"[^\W]+", "-é_x", Some("_x")),
        (r"\s", "\u{a0}\x0b", Some("\x0b")),
        (r"\bcat\b", "écat", Some("cat")),
        (r"\Bat", "cat", Some("at")),
        (r"{.*?}", "x{y}z", Some("{y}")),
        (r"a{,3}", "a{,3}", Some("a{,3}")),
        (r"a{2}", "aaa", Some("aa")),
        (r"a{x", "a{x", Some("a{x")),
        (r"[]a]+", "x]a", Some("]a")),
        (r"[^]a]+", "]xa", Some("x")),
        (r"[[a]+", "x[a", Some("[a")),
        (r"[a&&b]+", "x&&b", Some("&&b")),
        (r"[+--]+", "a+,-b", Some("+,-")),
        (r"[a~~b]+", "~b", Some("~b")),
        (r"[[:alpha:]-z]+", "1a-z", Some("a-z")),
        (r"[\w-.]+", "a-.b", Some("a-.b")),
        (r"[\x41-\x43]+", "zABC", Some("ABC")),
        (r"[\b]", "a\x08", Some("\x08")),
        (r#"\/\"\'\-\_\<\@\:\,\=\%\ \!"#, r#"/"'-_<@:,=% !"#, Some(r#"/"'-_<@:,=% !"#)),
        (r"\Qa.b*\E+", "a.b**", Some("a.b**")),
        (r"\Qa.b", "a.b", Some("a.b")),
        (r"\x{202E}", "a\u{202e}", Some("\u{202e}")),
        (r"a\hb", "a\u{a0}b", Some("a\u{a0}b")),
        (r"\R", "a\r\nb", Some("\r\n")),
        (r"\v", "a\x0b", Some("\x0b")),
        (r"a++b", "aab", Some("aab")),
        (r"a++a", "aaa", None),
        (r"(?>a|ab)c", "abc", None),
        (r"(?<!/)x", "/x x", Some("x")),
        (r"(?<q>['\x22]).*?\k<q>", "a'b'c", Some("'b'")),
        (r"(?P<q>a|b)(?P=q)", "abb", Some("bb")),
        (r"(a)\g{-1}", "aa", Some("aa")),
        (r"(\w)\1", "hello", Some("ll")),
        (r"foo$", "foo\n", Some("foo")),
        (r"\bfoo$", "éfoo\n", Some("foo")),
        (r"(?<!/)\bx\B", "/x xy", Some("x")),
        (r"foo\z", "foo\n", None),
        (r"foo\Z", "foo\n", Some("foo")),
        (r"foo$", "foo\n\n", None),
        (r"(?m)a$", "a\nb", Some("a")),
        (r"(?i)ABC", "xabc", Some("abc")),
        (r"(?s)a.b", "a\nb", Some("a\nb")),
        (r"a.b", "a\nb", None),
        ("(?x) a b # c\n [ ] +", "ab  ", Some("ab  ")),
        (r"(?U)a+", "aaa", Some("a")),
        (r"(?U)a+?", "aaa", Some("aaa")),
        (r"a(?#note)b", "ab", Some("ab")),
        (r"(?i:a)b", "Ab", Some("Ab")),
        (r"\101\x4", "A\x04", Some("A\x04")),
        (r"^\p{Lu}\PL", "É1", Some("É1")),
        (r"\p{^Lu}", "Éa", Some("a")),
        (r"foo\Kbar", "foobar", Some("bar")),
        (r"\e\cA", "\x1b\x01", Some("\x1b\x01")),
        (r"C:\\Win", r"C:\Win", Some(r"C:\Win")),
        (r"a|b*", "c", Some("")),
        (r"(a(?i)b|c)d", "aBd", Some("aBd")),
        (r"\N+", "ab\nc", Some("ab")),
        (r"(a)?(?(1)b|c)", "ab", Some("ab")),
        (r"(?|a(\d)|b(\d))c\1", "b2c2", Some("b2c2")),
        (r"(?|(?<n>a)|(?<n>b))-(x)\2", "b-xx", Some("b-xx")),
        (r"(?<=ab|c)d", "abd", Some("d")),
        (r"(?<!ab)c", "abc xc", Some("c")),
        (r"[[:^digit:]]+", "12ab3", Some("ab")),
        (r"[[:xdigit:]]{2}", "zzAf", Some("Af")),
        (r"\p{Greek}+", "abγδ", Some("γδ")),
        (r"\X", "e\u{301}x", Some("e\u{301}")),
        (r"a.*?b", "aab ab", Some("aab")),
        (r"a{2,3}+a", "aaaa", Some("aaaa")),
        (r"a{2,3}+a", "aaa", None),
        (r"(?i)straße", "STRAßE", Some("STRAßE")),
        (r"(?P<y>\d)(?P=y)", "122", Some("22")),
        (r"(?'n'\w)\k'n'", "abb", Some("bb")),
        (r"(?<n>\w)\k{n}", "abb", Some("bb")),
        (r"(?x: a b )c", "abc", Some("abc")),
        (r"^(?:(?=\d)\w{2}|x)$", "1a", Some("1a")),
        (r"(?s-i:A.)b", "A\nb", Some("A\nb")),
        (r"\G\d", "1a2", Some("1")),
        (r"(*UTF8)é", "é", Some("é")),
        (r"(\((?:[^()]|(?1))*\))", "x(a(b)c)", Some("(a(b)c)")),
    ];
    for (pattern, text, expected) in cases {
        assert_eq!(found(pattern, text).as_deref(), *expected, "{pattern} on {text:?}");
        // The empty look-ahead changes nothing but the engine.
        if !pattern.starts_with("(*") {
            let backtracking = format!("(?=){pattern}");
            assert_eq!(found(&backtracking, text).as_deref(), *expected, "{backtracking} on {text:?}");
        }
    }
}

#[test]
fn only_what_must_backtrack_does() {
    for pattern in [r"\bfoo$", r"(?<a>\w+){2}", "[[x]", "(?i)a.*b"] {
        assert!(is_linear(pattern), "{pattern}");
    }
    for pattern in ["(?=a)", r"(a)\1", "a++", "(?>a)"] {
        assert!(!is_linear(pattern), "{pattern}");
    }
}

#[test]
fn wrong_patterns_say_why() {
    for pattern in
        ["(", ")", "[a", "*a", "a\\", "[z-a]", "(?<a>x)(?<a>y)", "(?<1>x)", r"\2(a)", "(?|(a)|(b))(?1)"]
    {
        assert!(compile(pattern).is_err(), "{pattern}");
    }
    assert_eq!(compile("[a").unwrap_err(), "a class has no `]`");
}

#[test]
fn names_keep_their_groups() {
    let pattern = compile(r"(x)(?<a>y)(?'b'z)?(?J)(?<a>q)?").unwrap();
    assert_eq!(pattern.names().collect::<Vec<_>>(), [(2, "a"), (3, "b"), (4, "a")]);
    let captures = pattern.captures("xyq", 0).unwrap().unwrap();
    assert_eq!(captures.get(2), Some(1..2));
    assert_eq!(captures.get(3), None);
}

#[test]
fn alternatives_may_share_their_groups() {
    let pattern = compile(r"(x)(?|(?<a>\d)(-)|(?<a>[a-z]))(y)").unwrap();
    assert_eq!(pattern.names().collect::<Vec<_>>(), [(2, "a")]);
    let groups = |text: &str| {
        let found = pattern.captures(text, 0).unwrap().unwrap();
        (1..5).map(|group| found.get(group).map(|range| text[range].to_owned())).collect::<Vec<_>>()
    };
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(groups("x1-y"), [some("x"), some("1"), some("-"), some("y")]);
    assert_eq!(groups("xay"), [some("x"), some("a"), None, some("y")]);
    let by = Replacement::sed(r"<\2>");
    assert_eq!(pattern.replace_all("xay x2-y", &by).unwrap(), "<a> <2>");
}

#[test]
fn a_search_that_explodes_is_an_error() {
    let text = "ab".repeat(200) + "d";
    let hit = compile(r"^(?:(a|b|ab)*)*(?=c)\1d$").unwrap().is_match(&text).unwrap_err();
    assert!(hit.to_string().contains(r"(?=c)\1d$"), "{hit}");
}

#[test]
fn replacements_take_groups() {
    let replaced = |pattern: &str, by: Replacement, which| {
        compile(pattern).unwrap().replace("abcabc", &by, which).unwrap().into_owned()
    };
    assert_eq!(replaced("(a)(b)", Replacement::sed(r"\2\1"), Which::All), "bacbac");
    assert_eq!(replaced("b", Replacement::sed(r"<&>"), Which::Nth(2)), "abca<b>c");
    assert_eq!(replaced("b", Replacement::sed(r"\&"), Which::Nth(1)), "a&cabc");
    assert_eq!(replaced("b", Replacement::eval("&"), Which::All), "a&ca&c");
    assert_eq!(replaced("x*", Replacement::sed("-"), Which::All), "-a-b-c-a-b-c-");
    assert_eq!(replaced("b", Replacement::eval("x"), Which::Nth(3)), "abcabc");
}
