//! The code pages of IBM, character by character, as Unicode maps them.
//!
//! The pages of DOS are ASCII below 128, so that they are written from there on; those of EBCDIC are
//! written from zero on. Blanks and control characters are escaped.

/// A code page, whose last characters are these.
pub(super) struct Page {
    characters: &'static str,
    /// The byte that is the euro sign instead.
    euro: Option<u8>,
}

pub(super) static IBM00858: Page = IBM850.with_euro(0xd5);

pub(super) static IBM01140: Page = IBM037.with_euro(0x9f);

pub(super) static IBM037: Page = Page::new(
    "\
    \x00\x01\x02\x03\u{9c}\x09\u{86}\x7f\u{97}\u{8d}\u{8e}\x0b\x0c\x0d\x0e\x0f\
    \x10\x11\x12\x13\u{9d}\u{85}\x08\u{87}\x18\x19\u{92}\u{8f}\x1c\x1d\x1e\x1f\
    \u{80}\u{81}\u{82}\u{83}\u{84}\x0a\x17\x1b\u{88}\u{89}\u{8a}\u{8b}\u{8c}\x05\x06\x07\
    \u{90}\u{91}\x16\u{93}\u{94}\u{95}\u{96}\x04\u{98}\u{99}\u{9a}\u{9b}\x14\x15\u{9e}\x1a\
    \x20\u{a0}âäàáãåçñ¢.<(+|\
    &éêëèíîïìß!$*);¬\
    -/ÂÄÀÁÃÅÇÑ¦,%_>?\
    øÉÊËÈÍÎÏÌ`:#@'=\"\
    Øabcdefghi«»ðýþ±\
    °jklmnopqrªºæ¸Æ¤\
    µ~stuvwxyz¡¿ÐÝÞ®\
    ^£¥·©§¶¼½¾[]¯¨´×\
    {ABCDEFGHI\u{ad}ôöòóõ\
    }JKLMNOPQR¹ûüùúÿ\
    \\÷STUVWXYZ²ÔÖÒÓÕ\
    0123456789³ÛÜÙÚ\u{9f}",
);

pub(super) static IBM1047: Page = Page::new(
    "\
    \x00\x01\x02\x03\u{9c}\x09\u{86}\x7f\u{97}\u{8d}\u{8e}\x0b\x0c\x0d\x0e\x0f\
    \x10\x11\x12\x13\u{9d}\u{85}\x08\u{87}\x18\x19\u{92}\u{8f}\x1c\x1d\x1e\x1f\
    \u{80}\u{81}\u{82}\u{83}\u{84}\x0a\x17\x1b\u{88}\u{89}\u{8a}\u{8b}\u{8c}\x05\x06\x07\
    \u{90}\u{91}\x16\u{93}\u{94}\u{95}\u{96}\x04\u{98}\u{99}\u{9a}\u{9b}\x14\x15\u{9e}\x1a\
    \x20\u{a0}âäàáãåçñ¢.<(+|\
    &éêëèíîïìß!$*);^\
    -/ÂÄÀÁÃÅÇÑ¦,%_>?\
    øÉÊËÈÍÎÏÌ`:#@'=\"\
    Øabcdefghi«»ðýþ±\
    °jklmnopqrªºæ¸Æ¤\
    µ~stuvwxyz¡¿Ð[Þ®\
    ¬£¥·©§¶¼½¾Ý¨¯]´×\
    {ABCDEFGHI\u{ad}ôöòóõ\
    }JKLMNOPQR¹ûüùúÿ\
    \\÷STUVWXYZ²ÔÖÒÓÕ\
    0123456789³ÛÜÙÚ\u{9f}",
);

pub(super) static IBM437: Page = Page::new(
    "\
    ÇüéâäàåçêëèïîìÄÅ\
    ÉæÆôöòûùÿÖÜ¢£¥₧ƒ\
    áíóúñÑªº¿⌐¬½¼¡«»\
    ░▒▓│┤╡╢╖╕╣║╗╝╜╛┐\
    └┴┬├─┼╞╟╚╔╩╦╠═╬╧\
    ╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀\
    αßΓπΣσµτΦΘΩδ∞φε∩\
    ≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}",
);

pub(super) static IBM850: Page = Page::new(
    "\
    ÇüéâäàåçêëèïîìÄÅ\
    ÉæÆôöòûùÿÖÜø£Ø×ƒ\
    áíóúñÑªº¿®¬½¼¡«»\
    ░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐\
    └┴┬├─┼ãÃ╚╔╩╦╠═╬¤\
    ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀\
    ÓßÔÒõÕµþÞÚÛÙýÝ¯´\
    \u{ad}±‗¾¶§÷¸°¨·¹³²■\u{a0}",
);

pub(super) static IBM852: Page = Page::new(
    "\
    ÇüéâäůćçłëŐőîŹÄĆ\
    ÉĹĺôöĽľŚśÖÜŤťŁ×č\
    áíóúĄąŽžĘę¬źČş«»\
    ░▒▓│┤ÁÂĚŞ╣║╗╝Żż┐\
    └┴┬├─┼Ăă╚╔╩╦╠═╬¤\
    đĐĎËďŇÍÎě┘┌█▄ŢŮ▀\
    ÓßÔŃńňŠšŔÚŕŰýÝţ´\
    \u{ad}˝˛ˇ˘§÷¸°¨˙űŘř■\u{a0}",
);

pub(super) static IBM855: Page = Page::new(
    "\
    ђЂѓЃёЁєЄѕЅіІїЇјЈ\
    љЉњЊћЋќЌўЎџЏюЮъЪ\
    аАбБцЦдДеЕфФгГ«»\
    ░▒▓│┤хХиИ╣║╗╝йЙ┐\
    └┴┬├─┼кК╚╔╩╦╠═╬¤\
    лЛмМнНоОп┘┌█▄Пя▀\
    ЯрРсСтТуУжЖвВьЬ№\
    \u{ad}ыЫзЗшШэЭщЩчЧ§■\u{a0}",
);

pub(super) static IBM860: Page = Page::new(
    "\
    ÇüéâãàÁçêÊèÍÔìÃÂ\
    ÉÀÈôõòÚùÌÕÜ¢£Ù₧Ó\
    áíóúñÑªº¿Ò¬½¼¡«»\
    ░▒▓│┤╡╢╖╕╣║╗╝╜╛┐\
    └┴┬├─┼╞╟╚╔╩╦╠═╬╧\
    ╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀\
    αßΓπΣσµτΦΘΩδ∞φε∩\
    ≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}",
);

pub(super) static IBM862: Page = Page::new(
    "\
    \u{5d0}\u{5d1}\u{5d2}\u{5d3}\u{5d4}\u{5d5}\u{5d6}\u{5d7}\u{5d8}\u{5d9}\u{5da}\u{5db}\u{5dc}\u{5dd}\u{5de}\u{5df}\
    \u{5e0}\u{5e1}\u{5e2}\u{5e3}\u{5e4}\u{5e5}\u{5e6}\u{5e7}\u{5e8}\u{5e9}\u{5ea}¢£¥₧ƒ\
    áíóúñÑªº¿⌐¬½¼¡«»\
    ░▒▓│┤╡╢╖╕╣║╗╝╜╛┐\
    └┴┬├─┼╞╟╚╔╩╦╠═╬╧\
    ╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀\
    αßΓπΣσµτΦΘΩδ∞φε∩\
    ≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}",
);

pub(super) static IBM863: Page = Page::new(
    "\
    ÇüéâÂà¶çêëèïî‗À§\
    ÉÈÊôËÏûù¤ÔÜ¢£ÙÛƒ\
    ¦´óú¨¸³¯Î⌐¬½¼¾«»\
    ░▒▓│┤╡╢╖╕╣║╗╝╜╛┐\
    └┴┬├─┼╞╟╚╔╩╦╠═╬╧\
    ╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀\
    αßΓπΣσµτΦΘΩδ∞φε∩\
    ≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}",
);

pub(super) static IBM865: Page = Page::new(
    "\
    ÇüéâäàåçêëèïîìÄÅ\
    ÉæÆôöòûùÿÖÜø£Ø₧ƒ\
    áíóúñÑªº¿⌐¬½¼¡«¤\
    ░▒▓│┤╡╢╖╕╣║╗╝╜╛┐\
    └┴┬├─┼╞╟╚╔╩╦╠═╬╧\
    ╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀\
    αßΓπΣσµτΦΘΩδ∞φε∩\
    ≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}",
);

impl Page {
    const fn new(characters: &'static str) -> Self {
        Self { characters, euro: None }
    }

    const fn with_euro(&self, byte: u8) -> Self {
        Self { characters: self.characters, euro: Some(byte) }
    }

    /// The character of a byte.
    pub(super) fn decode(&self, byte: u8) -> Option<char> {
        if self.euro == Some(byte) {
            return Some('€');
        }
        let first = 256 - self.characters.chars().count();
        match usize::from(byte).checked_sub(first) {
            Some(index) => self.characters.chars().nth(index),
            None => Some(char::from(byte)),
        }
    }

    /// The byte of a character; none where the page lacks it.
    pub(super) fn encode(&self, character: char) -> Option<u8> {
        (0..=u8::MAX).find(|&byte| self.decode(byte) == Some(character))
    }
}
