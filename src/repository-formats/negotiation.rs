//! Choosing among representations by the `Accept` header.

/// Most media ranges that are looked at.
const RANGES_MAX: usize = 64;

/// The offer with the highest quality; the earlier one where two are equal. None when the
/// header excludes every offer. Offers are media types without parameters.
pub fn choose<'a>(accept: &str, offers: &[&'a str]) -> Option<&'a str> {
    let ranges: Vec<(String, u32)> = accept.split(',').take(RANGES_MAX).filter_map(range).collect();
    let mut best: Option<(&str, u32)> = None;
    for offer in offers {
        let quality = quality_of(offer, &ranges);
        if quality > best.map_or(0, |(_, quality)| quality) {
            best = Some((offer, quality));
        }
    }
    best.map(|(offer, _)| offer)
}

/// One media range and its quality in thousandths.
fn range(text: &str) -> Option<(String, u32)> {
    let mut parts = text.split(';').map(str::trim);
    let media = parts.next().filter(|media| !media.is_empty())?.to_ascii_lowercase();
    let quality = parts.find_map(|part| part.strip_prefix("q=").or(part.strip_prefix("Q=")));
    let quality = quality.map_or(Some(1.0), |text| text.parse::<f32>().ok());
    let bounded = quality.filter(|quality| quality.is_finite()).unwrap_or(0.0).clamp(0.0, 1.0);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the value lies between 0 and 1000"
    )]
    let thousandths = (bounded * 1000.0) as u32;
    Some((media, thousandths))
}

/// The quality that the most specific matching range gives.
fn quality_of(offer: &str, ranges: &[(String, u32)]) -> u32 {
    let kind = offer.split('/').next().unwrap_or_default();
    let specificity = |media: &str| match media {
        _ if media == offer => Some(3),
        _ if media.strip_suffix("/*").is_some_and(|prefix| prefix == kind) => Some(2),
        "*/*" | "*" => Some(1),
        _ => None,
    };
    let matching = ranges
        .iter()
        .filter_map(|(media, quality)| specificity(media).map(|level| (level, *quality)));
    matching.max_by_key(|(level, _)| *level).map_or(0, |(_, quality)| quality)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn quality_and_specificity_decide() {
        let offers = ["text/html", "application/json"];
        let table = [
            ("application/json", Some("application/json")),
            ("text/html;q=0.1, application/json;q=0.9", Some("application/json")),
            ("text/html, application/json", Some("text/html")),
            ("*/*", Some("text/html")),
            ("*/*;q=0.5, text/html;q=0", Some("application/json")),
            ("application/*", Some("application/json")),
            ("image/png", None),
            ("", None),
            ("application/json;q=x", None),
        ];
        for (accept, expected) in table {
            assert_eq!(choose(accept, &offers), expected, "{accept}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn choosing_never_panics(accept in "\\PC{0,60}|[a*/;,q=.0-9 ]{0,60}") {
            let _ = choose(&accept, &["text/html", "application/json"]);
        }
    }
}
