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

/// As Terraform counts, two letters that changed places are two changes; of names that are equally near, the one
/// whose letters only did that is meant.
fn within<'a>(
    limit: usize,
    name: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let ranked = candidates.into_iter().map(|one| (distance(name, one, Swap::TwoChanges), one));
    let near = ranked.filter(|(distance, _)| *distance <= limit);
    near.min_by_key(|(apart, one)| (*apart, distance(name, one, Swap::OneChange), *one))
        .map(|(_, one)| one)
}

/// What neighbours that changed places count.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Swap {
    OneChange,
    TwoChanges,
}

/// How many insertions, deletions, replacements, and swaps of neighbours lead from one to the other.
fn distance(a: &str, b: &str, swap: Swap) -> usize {
    let a: Vec<char> = a.chars().take(128).collect();
    let b: Vec<char> = b.chars().take(128).collect();
    let mut rows: [Vec<usize>; 3] = [vec![], (0..=b.len()).collect(), vec![]];
    for i in 1..=a.len() {
        rows[2] = vec![i];
        for j in 1..=b.len() {
            let replaced = rows[1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = replaced.min(rows[1][j] + 1).min(rows[2][j - 1] + 1);
            let swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if swapped && swap == Swap::OneChange {
                best = best.min(rows[0][j - 2] + 1);
            }
            rows[2].push(best);
        }
        rows.rotate_left(1);
    }
    rows[1][b.len()]
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
        assert_eq!(did_you_mean("aws_vcp", ["aws_eip", "aws_vpc"]), Some("aws_vpc"));
        assert_eq!(did_you_mean("aws_vpc.mian.x", ["aws_vpc.main"]), None);
        assert_eq!(nearest_address("aws_vpc.mian.x", ["aws_vpc.main"]), Some("aws_vpc.main"));
    }
}
