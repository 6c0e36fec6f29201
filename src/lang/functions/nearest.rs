//! The function that a wrong name was probably meant to be.

/// The nearest name of a function that a configuration may call, if it is fewer than three letters away.
pub fn nearest(name: &str) -> Option<&'static str> {
    let names = super::signatures().into_iter().map(|signature| signature.name);
    let with_distance = names.map(|other| (letters_apart(name, other), other));
    with_distance.filter(|(distance, _)| *distance < 3).min().map(|(_, other)| other)
}

/// How many letters have to be put in, taken out or changed to make one of the other.
fn letters_apart(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, a) in a.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, b) in b.iter().enumerate() {
            let changed = diagonal + usize::from(a != *b);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}
