//! The encodings by their IANA names.

use encoding_rs::{
    BIG5, EUC_JP, EUC_KR, Encoding, GB18030, GBK, IBM866, ISO_2022_JP, ISO_8859_2, ISO_8859_3,
    ISO_8859_4, ISO_8859_5, ISO_8859_6, ISO_8859_7, ISO_8859_8, ISO_8859_10, ISO_8859_13,
    ISO_8859_14, ISO_8859_15, ISO_8859_16, KOI8_R, KOI8_U, MACINTOSH, SHIFT_JIS, WINDOWS_874,
    WINDOWS_1250, WINDOWS_1251, WINDOWS_1252, WINDOWS_1253, WINDOWS_1254, WINDOWS_1255,
    WINDOWS_1256, WINDOWS_1257, WINDOWS_1258,
};

use super::code_pages::{self, Page};

/// An encoding of text.
pub(super) struct Charset {
    /// The name as IANA writes it.
    pub(super) name: &'static str,
    /// Other names, in small letters.
    aliases: &'static [&'static str],
    form: Form,
}

enum Form {
    Ascii,
    /// Every byte is the code point of the same number.
    Latin1,
    Utf8,
    Utf16 {
        little: bool,
        mark: bool,
    },
    Table(&'static Encoding),
    Page(&'static Page),
    /// A table but for the control characters, which have their own numbers.
    ControlAndTable(&'static Encoding),
}

const fn table(
    name: &'static str,
    aliases: &'static [&'static str],
    encoding: &'static Encoding,
) -> Charset {
    Charset { name, aliases, form: Form::Table(encoding) }
}

const fn page(
    name: &'static str,
    aliases: &'static [&'static str],
    page: &'static Page,
) -> Charset {
    Charset { name, aliases, form: Form::Page(page) }
}

const fn with(name: &'static str, aliases: &'static [&'static str], form: Form) -> Charset {
    Charset { name, aliases, form }
}

static ALL: &[Charset] = &[
    table("Big5", &["csbig5"], BIG5),
    table(
        "EUC-JP",
        &["extended_unix_code_packed_format_for_japanese", "cseucpkdfmtjapanese"],
        EUC_JP,
    ),
    table("EUC-KR", &["cseuckr"], EUC_KR),
    table("GB18030", &["csgb18030"], GB18030),
    table("GBK", &["cp936", "ms936", "windows-936", "csgbk"], GBK),
    page(
        "IBM00858",
        &["ccsid00858", "cp00858", "pc-multilingual-850+euro", "csibm00858"],
        &code_pages::IBM00858,
    ),
    page(
        "IBM01140",
        &["ccsid01140", "cp01140", "ebcdic-us-37+euro", "csibm01140"],
        &code_pages::IBM01140,
    ),
    page(
        "IBM037",
        &["cp037", "ebcdic-cp-us", "ebcdic-cp-ca", "ebcdic-cp-wt", "ebcdic-cp-nl", "csibm037"],
        &code_pages::IBM037,
    ),
    page("IBM1047", &["ibm-1047", "csibm1047"], &code_pages::IBM1047),
    page("IBM437", &["cp437", "437", "cspc8codepage437"], &code_pages::IBM437),
    page("IBM850", &["cp850", "850", "cspc850multilingual"], &code_pages::IBM850),
    page("IBM852", &["cp852", "852", "cspcp852"], &code_pages::IBM852),
    page("IBM855", &["cp855", "855", "csibm855"], &code_pages::IBM855),
    page("IBM860", &["cp860", "860", "csibm860"], &code_pages::IBM860),
    page("IBM862", &["cp862", "862", "cspc862latinhebrew"], &code_pages::IBM862),
    page("IBM863", &["cp863", "863", "csibm863"], &code_pages::IBM863),
    page("IBM865", &["cp865", "865", "csibm865"], &code_pages::IBM865),
    table("IBM866", &["cp866", "866", "csibm866"], IBM866),
    table("ISO-2022-JP", &["csiso2022jp"], ISO_2022_JP),
    table(
        "ISO-8859-10",
        &["iso-ir-157", "l6", "iso_8859-10:1992", "csisolatin6", "latin6"],
        ISO_8859_10,
    ),
    table("ISO-8859-13", &["csiso885913"], ISO_8859_13),
    table(
        "ISO-8859-14",
        &[
            "iso-ir-199",
            "iso_8859-14:1998",
            "iso_8859-14",
            "latin8",
            "iso-celtic",
            "l8",
            "csiso885914",
        ],
        ISO_8859_14,
    ),
    table("ISO-8859-15", &["iso_8859-15", "latin-9", "csiso885915"], ISO_8859_15),
    table(
        "ISO-8859-16",
        &["iso-ir-226", "iso_8859-16:2001", "iso_8859-16", "latin10", "l10", "csiso885916"],
        ISO_8859_16,
    ),
    with(
        "ISO_8859-1:1987",
        &[
            "iso-ir-100",
            "iso_8859-1",
            "iso-8859-1",
            "latin1",
            "l1",
            "ibm819",
            "cp819",
            "csisolatin1",
        ],
        Form::Latin1,
    ),
    table(
        "ISO_8859-2:1987",
        &["iso-ir-101", "iso_8859-2", "iso-8859-2", "latin2", "l2", "csisolatin2"],
        ISO_8859_2,
    ),
    table(
        "ISO_8859-3:1988",
        &["iso-ir-109", "iso_8859-3", "iso-8859-3", "latin3", "l3", "csisolatin3"],
        ISO_8859_3,
    ),
    table(
        "ISO_8859-4:1988",
        &["iso-ir-110", "iso_8859-4", "iso-8859-4", "latin4", "l4", "csisolatin4"],
        ISO_8859_4,
    ),
    table(
        "ISO_8859-5:1988",
        &["iso-ir-144", "iso_8859-5", "iso-8859-5", "cyrillic", "csisolatincyrillic"],
        ISO_8859_5,
    ),
    table(
        "ISO_8859-6:1987",
        &[
            "iso-ir-127",
            "iso_8859-6",
            "iso-8859-6",
            "ecma-114",
            "asmo-708",
            "arabic",
            "csisolatinarabic",
        ],
        ISO_8859_6,
    ),
    table(
        "ISO_8859-7:1987",
        &[
            "iso-ir-126",
            "iso_8859-7",
            "iso-8859-7",
            "elot_928",
            "ecma-118",
            "greek",
            "greek8",
            "csisolatingreek",
        ],
        ISO_8859_7,
    ),
    table(
        "ISO_8859-8:1988",
        &["iso-ir-138", "iso_8859-8", "iso-8859-8", "hebrew", "csisolatinhebrew"],
        ISO_8859_8,
    ),
    table("ISO_8859-6-E", &["csiso88596e", "iso-8859-6-e"], ISO_8859_6),
    table("ISO_8859-6-I", &["csiso88596i", "iso-8859-6-i"], ISO_8859_6),
    table("ISO_8859-8-E", &["csiso88598e", "iso-8859-8-e"], ISO_8859_8),
    table("ISO_8859-8-I", &["csiso88598i", "iso-8859-8-i"], ISO_8859_8),
    with(
        "ISO_8859-9:1989",
        &["iso-ir-148", "iso_8859-9", "iso-8859-9", "latin5", "l5", "csisolatin5"],
        Form::ControlAndTable(WINDOWS_1254),
    ),
    table("KOI8-R", &["cskoi8r"], KOI8_R),
    table("KOI8-U", &["cskoi8u"], KOI8_U),
    table("Shift_JIS", &["ms_kanji", "csshiftjis"], SHIFT_JIS),
    with(
        "US-ASCII",
        &[
            "iso-ir-6",
            "ansi_x3.4-1968",
            "ansi_x3.4-1986",
            "iso_646.irv:1991",
            "iso646-us",
            "us",
            "ibm367",
            "cp367",
            "csascii",
        ],
        Form::Ascii,
    ),
    with("UTF-16", &["csutf16"], Form::Utf16 { little: false, mark: true }),
    with("UTF-16BE", &["csutf16be"], Form::Utf16 { little: false, mark: false }),
    with("UTF-16LE", &["csutf16le"], Form::Utf16 { little: true, mark: false }),
    with("UTF-8", &["csutf8"], Form::Utf8),
    table("macintosh", &["mac", "csmacintosh"], MACINTOSH),
    table("windows-1250", &["cswindows1250"], WINDOWS_1250),
    table("windows-1251", &["cswindows1251"], WINDOWS_1251),
    table("windows-1252", &["cswindows1252"], WINDOWS_1252),
    table("windows-1253", &["cswindows1253"], WINDOWS_1253),
    table("windows-1254", &["cswindows1254"], WINDOWS_1254),
    table("windows-1255", &["cswindows1255"], WINDOWS_1255),
    table("windows-1256", &["cswindows1256"], WINDOWS_1256),
    table("windows-1257", &["cswindows1257"], WINDOWS_1257),
    table("windows-1258", &["cswindows1258"], WINDOWS_1258),
    table("windows-874", &["cswindows874"], WINDOWS_874),
];

/// Finds an encoding by its name or an alias; letters of both cases are alike.
pub(super) fn lookup(name: &str) -> Option<&'static Charset> {
    let lower = name.to_ascii_lowercase();
    ALL.iter().find(|charset| {
        charset.name.eq_ignore_ascii_case(name) || charset.aliases.contains(&lower.as_str())
    })
}

impl Charset {
    /// The bytes of a text; `None` if it has characters that the encoding lacks.
    pub(super) fn encode(&self, text: &str) -> Option<Vec<u8>> {
        match &self.form {
            Form::Utf8 => Some(text.as_bytes().to_vec()),
            Form::Ascii => text.is_ascii().then(|| text.as_bytes().to_vec()),
            Form::Latin1 => text.chars().map(|character| u8::try_from(character).ok()).collect(),
            Form::Utf16 { little, mark } => {
                let start = mark.then_some(0xfeff_u16);
                let units = start.into_iter().chain(text.encode_utf16());
                Some(
                    units
                        .flat_map(
                            |unit| if *little { unit.to_le_bytes() } else { unit.to_be_bytes() },
                        )
                        .collect(),
                )
            }
            Form::Table(encoding) => table_encode(encoding, text),
            Form::Page(page) => text.chars().map(|character| page.encode(character)).collect(),
            Form::ControlAndTable(encoding) => {
                let mut bytes = Vec::new();
                for character in text.chars() {
                    match u8::try_from(character) {
                        Ok(control @ 0x80..=0x9f) => bytes.push(control),
                        _ => {
                            let encoded =
                                table_encode(encoding, character.encode_utf8(&mut [0; 4]))?;
                            bytes.extend(
                                encoded.iter().filter(|byte| !(0x80..=0x9f).contains(*byte)),
                            );
                            if encoded.iter().any(|byte| (0x80..=0x9f).contains(byte)) {
                                return None;
                            }
                        }
                    }
                }
                Some(bytes)
            }
        }
    }

    /// The text of bytes; `None` if they are not in the encoding.
    pub(super) fn decode(&self, bytes: &[u8]) -> Option<String> {
        match &self.form {
            Form::Utf8 => String::from_utf8(bytes.to_vec()).ok(),
            Form::Ascii => {
                bytes.is_ascii().then(|| bytes.iter().map(|byte| char::from(*byte)).collect())
            }
            Form::Latin1 => Some(bytes.iter().map(|byte| char::from(*byte)).collect()),
            Form::Utf16 { little, mark } => utf16(bytes, *little, *mark),
            Form::Table(encoding) => table_decode(encoding, bytes),
            Form::Page(page) => bytes.iter().map(|&byte| page.decode(byte)).collect(),
            Form::ControlAndTable(encoding) => bytes
                .iter()
                .map(|byte| match byte {
                    0x80..=0x9f => Some(char::from(*byte).to_string()),
                    other => table_decode(encoding, &[*other]),
                })
                .collect(),
        }
    }
}

/// Bytes that the standard of the web maps to control characters are not defined for IANA.
fn table_decode(encoding: &'static Encoding, bytes: &[u8]) -> Option<String> {
    let text = encoding.decode_without_bom_handling_and_without_replacement(bytes)?;
    let windows = encoding.name().starts_with("windows-");
    let undefined =
        windows && text.contains(|character| ('\u{80}'..='\u{9f}').contains(&character));
    (!undefined).then(|| text.into_owned())
}

fn table_encode(encoding: &'static Encoding, text: &str) -> Option<Vec<u8>> {
    let (bytes, _, unmappable) = encoding.encode(text);
    (!unmappable).then(|| bytes.into_owned())
}

fn utf16(bytes: &[u8], mut little: bool, mark: bool) -> Option<String> {
    let mut rest = bytes;
    if mark {
        match bytes {
            [0xff, 0xfe, after @ ..] => (little, rest) = (true, after),
            [0xfe, 0xff, after @ ..] => rest = after,
            _ => {}
        }
    }
    if rest.len() % 2 == 1 {
        return None;
    }
    let unit = |pair: &[u8]| {
        let pair = [pair[0], pair[1]];
        if little { u16::from_le_bytes(pair) } else { u16::from_be_bytes(pair) }
    };
    let units: Vec<u16> = rest.chunks_exact(2).map(unit).collect();
    String::from_utf16(&units).ok()
}
