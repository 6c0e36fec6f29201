//! The search of the npm registry over the packages of one or several repositories.

use super::packument::Package;
use crate::request::IndexRequest;
use crate::rows::{MemberRows, Rendered, RenderedIndex, newest_ms};
use crate::time;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Renders the page of results that the request asks for; a search without results is found.
pub fn render(index: &IndexRequest, members: &[MemberRows]) -> Rendered {
    let text = index.parameter("text").to_lowercase();
    let words: Vec<&str> = text.split_whitespace().collect();
    let records = members.iter().flat_map(|member| &member.records);
    let names: BTreeSet<&str> = records.map(|row| row.record.package.as_str()).collect();
    let mut hits: Vec<(u32, Value)> = names
        .into_iter()
        .filter_map(|name| {
            Package::merge(name, members).and_then(|found| hit(name, &found, &words))
        })
        .collect();
    // Names are sorted already; a stable sort keeps them so within a score.
    hits.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    let number = |name: &str| index.parameter(name).parse::<usize>().unwrap_or(0);
    let total = hits.len();
    let page: Vec<Value> =
        hits.into_iter().skip(number("from")).take(number("size")).map(|(_, hit)| hit).collect();
    let modified = newest_ms(members);
    let body = json!({"objects": page, "total": total, "time": time::iso8601(modified)});
    let body = body.to_string().into_bytes();
    Rendered::Found(RenderedIndex::new("application/json", body, modified))
}

/// The score in hundredths and the result, where every word is found in the package.
fn hit(name: &str, package: &Package<'_>, words: &[&str]) -> Option<(u32, Value)> {
    let latest = package.latest()?;
    let says = &latest.row.record.metadata;
    let keywords: Vec<String> = match &says["keywords"] {
        Value::Array(list) => list.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        Value::String(one) => one.split(',').map(|word| word.trim().to_owned()).collect(),
        _ => Vec::new(),
    };
    let haystack = format!(
        "{name} {} {}",
        says["description"].as_str().unwrap_or_default(),
        keywords.join(" ")
    )
    .to_lowercase();
    let found = |word: &&str| match word.split_once(':') {
        Some(("keywords", wanted)) => wanted
            .split(',')
            .any(|one| keywords.iter().any(|keyword| keyword.eq_ignore_ascii_case(one))),
        Some(_) => true,
        None => haystack.contains(*word),
    };
    if !words.iter().all(found) {
        return None;
    }
    let score = if words.contains(&name) { 100 } else { 50 };
    let share = f64::from(score) / 100.0;
    let detail = json!({"quality": share, "popularity": 0.0, "maintenance": 0.0});
    let mut described = json!({"name": name, "version": latest.row.record.version,
        "description": says["description"].as_str().unwrap_or_default(), "keywords": keywords,
        "date": time::iso8601(latest.row.created_ms), "links": {}, "maintainers": []});
    for field in ["author", "license", "homepage", "repository"] {
        if let Some(value) = says.get(field) {
            described[field] = value.clone();
        }
    }
    let score_value = json!({"final": share, "detail": detail});
    Some((
        score,
        json!({"package": described, "score": score_value, "searchScore": share,
        "flags": {"insecure": 0}}),
    ))
}
