//! "Did you mean": the nearest known name to a mistyped one.

/// Names that so many changes of a letter turn into each other are alike; Terraform's measure.
const DISTANCE_MAX: usize = 2;

/// Finds the candidate nearest to `name`, if one is near enough to be a slip of the hand.
pub fn did_you_mean<'a>(
    name: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    within(DISTANCE_MAX, name, candidates)
}

/// Finds the candidate nearest to an address, in which more can be mistyped the longer it is.
pub fn nearest_address<'a>(
    address: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    within(DISTANCE_MAX.max(address.chars().count() / 3), address, candidates)
}

fn within<'a>(
    limit: usize,
    name: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let candidates = candidates.into_iter().map(|one| (distance(name, one), one));
    candidates.filter(|(distance, _)| *distance <= limit).min().map(|(_, one)| one)
}

/// Levenshtein distance: insertions, deletions and replacements.
fn distance(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.chars().take(128).collect();
    let b: Vec<char> = b.chars().take(128).collect();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let replaced = above[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            row.push(replaced.min(above[j] + 1).min(row[j - 1] + 1));
        }
        above = row;
    }
    above[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_suggested_and_strangers_are_not() {
        assert_eq!(did_you_mean("netwrk", ["network", "edge"]), Some("network"));
        assert_eq!(did_you_mean("reigon", ["region", "legion"]), Some("region"));
        assert_eq!(did_you_mean("vpc", ["bucket", "queue"]), None);
        assert_eq!(did_you_mean("nope", ["name"]), Some("name"));
        assert_eq!(did_you_mean("aws_vpc.mian.x", ["aws_vpc.main"]), None);
        assert_eq!(nearest_address("aws_vpc.mian.x", ["aws_vpc.main"]), Some("aws_vpc.main"));
    }
}
