//! Draws a graph as SVG: columns from what needs to what is needed, with few crossings.
//!
//! Every thing stands one column left of the leftmost thing that it needs. A line that passes a column has
//! a place of its own there, so that no line runs through a box. Boxes and places of a column are ordered
//! by their neighbours' places, in sweeps from left to right and back.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// Sizes in pixels: a letter of the font, a box, and the space between them.
const LETTER: usize = 7;
const BOX_HEIGHT: usize = 26;
const ROW_GAP: usize = 10;
const COLUMN_GAP: usize = 70;
const MARGIN: usize = 20;
/// A place where a line passes.
const LANE_HEIGHT: usize = 8;
/// So often the order is improved, to and fro.
const SWEEPS: usize = 8;

/// A box, or a place where a line passes a column.
struct Vertex {
    /// None for a place.
    name: Option<String>,
    column: usize,
    /// Vertices of the column before and after.
    before: Vec<usize>,
    after: Vec<usize>,
    /// The middle of it.
    y: usize,
}

/// Draws what needs what.
pub(super) fn draw(edges: &BTreeMap<String, BTreeSet<String>>) -> String {
    let mut names: BTreeSet<&String> = edges.keys().collect();
    names.extend(edges.values().flatten());
    let columns = columns(&names, edges);
    let (mut vertices, lines) = lay_out(&names, edges, &columns);
    let mut order = by_column(&vertices);
    improve(&mut order, &vertices);
    let height = place(&order, &mut vertices);
    let (lefts, width) = lefts(&order, &vertices);
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" font-family=\"monospace\" font-size=\"12\">\n<defs><marker id=\"arrow\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" orient=\"auto\"><path d=\"M0 0L8 4L0 8z\" fill=\"#667\"/></marker></defs>\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n"
    );
    for line in &lines {
        text.push_str(&curve(line, &vertices, &lefts));
    }
    for vertex in &vertices {
        if let Some(name) = &vertex.name {
            text.push_str(&label(name, lefts[vertex.column].0, vertex.y));
        }
    }
    text + "</svg>\n"
}

/// The column of each name: one more than the greatest of what it is needed by, from the right.
fn columns<'a>(
    names: &BTreeSet<&'a String>,
    edges: &'a BTreeMap<String, BTreeSet<String>>,
) -> BTreeMap<&'a String, usize> {
    let mut columns: BTreeMap<&String, usize> = names.iter().map(|name| (*name, 0)).collect();
    // Bounded by the number of names, so that a circle ends as well.
    for _ in 0..names.len() {
        let mut moved = false;
        for (from, targets) in edges {
            for to in targets.iter().filter(|to| *to != from) {
                let least = (columns[from] + 1).min(names.len() - 1);
                if columns[to] < least {
                    columns.insert(to, least);
                    moved = true;
                }
            }
        }
        if !moved {
            break;
        }
    }
    columns
}

/// The vertices, and for each edge the vertices on its way.
fn lay_out(
    names: &BTreeSet<&String>,
    edges: &BTreeMap<String, BTreeSet<String>>,
    columns: &BTreeMap<&String, usize>,
) -> (Vec<Vertex>, Vec<Vec<usize>>) {
    let vertex = |name: Option<&String>, column: usize| Vertex {
        name: name.cloned(),
        column,
        before: Vec::new(),
        after: Vec::new(),
        y: 0,
    };
    let mut vertices: Vec<Vertex> =
        names.iter().map(|name| vertex(Some(name), columns[*name])).collect();
    let index: BTreeMap<&String, usize> =
        names.iter().enumerate().map(|(i, name)| (*name, i)).collect();
    let mut lines = Vec::new();
    for (from, targets) in edges {
        for to in targets.iter().filter(|to| columns[*to] > columns[from]) {
            let mut line = vec![index[from]];
            for column in columns[from] + 1..columns[to] {
                vertices.push(vertex(None, column));
                line.push(vertices.len() - 1);
            }
            line.push(index[to]);
            for pair in line.windows(2) {
                vertices[pair[0]].after.push(pair[1]);
                vertices[pair[1]].before.push(pair[0]);
            }
            lines.push(line);
        }
    }
    (vertices, lines)
}

fn by_column(vertices: &[Vertex]) -> Vec<Vec<usize>> {
    let count = vertices.iter().map(|vertex| vertex.column + 1).max().unwrap_or(0);
    let mut order = vec![Vec::new(); count];
    for (i, vertex) in vertices.iter().enumerate() {
        order[vertex.column].push(i);
    }
    order
}

/// Puts every vertex near the middle of its neighbours, column by column.
fn improve(order: &mut [Vec<usize>], vertices: &[Vertex]) {
    let mut rank = vec![0; vertices.len()];
    let settle = |column: &[usize], rank: &mut Vec<usize>| {
        column.iter().enumerate().for_each(|(at, vertex)| rank[*vertex] = at);
    };
    order.iter().for_each(|column| settle(column, &mut rank));
    for sweep in 0..SWEEPS {
        let forward = sweep % 2 == 0;
        for step in 0..order.len() {
            let at = if forward { step } else { order.len() - 1 - step };
            // Thousandths of a place, so that sorting needs no fractions.
            let middle = |vertex: &usize| {
                let it = &vertices[*vertex];
                let near = if forward { &it.before } else { &it.after };
                let sum: usize = near.iter().map(|other| rank[*other] * 1000).sum();
                if near.is_empty() { rank[*vertex] * 1000 } else { sum / near.len() }
            };
            order[at].sort_by_key(middle);
            settle(&order[at], &mut rank);
        }
    }
}

/// Gives every vertex its height, columns centred; the height of the whole.
fn place(order: &[Vec<usize>], vertices: &mut [Vertex]) -> usize {
    let own = |vertex: &Vertex| if vertex.name.is_some() { BOX_HEIGHT } else { LANE_HEIGHT };
    let tall = |column: &[usize], vertices: &[Vertex]| -> usize {
        column.iter().map(|i| own(&vertices[*i]) + ROW_GAP).sum()
    };
    let height = order.iter().map(|column| tall(column, vertices)).max().unwrap_or(0);
    for column in order {
        let mut y = MARGIN + (height - tall(column, vertices)) / 2;
        for i in column {
            let size = own(&vertices[*i]);
            vertices[*i].y = y + size / 2;
            y += size + ROW_GAP;
        }
    }
    height + 2 * MARGIN
}

/// The left and right edge of each column, and the width of the whole.
fn lefts(order: &[Vec<usize>], vertices: &[Vertex]) -> (Vec<(usize, usize)>, usize) {
    let mut x = MARGIN;
    let mut found = Vec::new();
    for column in order {
        let named = column.iter().filter_map(|i| vertices[*i].name.as_deref());
        let width = named.map(box_width).max().unwrap_or(0);
        found.push((x, x + width));
        x += width + COLUMN_GAP;
    }
    (found, (x - COLUMN_GAP.min(x) + MARGIN).max(2 * MARGIN))
}

fn box_width(name: &str) -> usize {
    name.chars().count() * LETTER + 16
}

/// A line through all places on its way.
fn curve(line: &[usize], vertices: &[Vertex], lefts: &[(usize, usize)]) -> String {
    let Some(start) = line.first().map(|i| &vertices[*i]) else { return String::new() };
    let name = start.name.as_deref().unwrap_or_default();
    let mut x = lefts[start.column].0 + box_width(name);
    let mut y = start.y;
    let mut path = format!("M{x} {y}");
    for i in &line[1..] {
        let next = &vertices[*i];
        let (left, right) = lefts[next.column];
        let middle = (x + left) / 2;
        let _ = write!(path, "C{middle} {y} {middle} {} {left} {}", next.y, next.y);
        (x, y) = (left, next.y);
        if next.name.is_none() {
            let _ = write!(path, "H{right}");
            x = right;
        }
    }
    format!("<path d=\"{path}\" fill=\"none\" stroke=\"#667\" marker-end=\"url(#arrow)\"/>\n")
}

fn label(name: &str, x: usize, y: usize) -> String {
    let last = name.rsplit("module.").next().unwrap_or(name);
    let fill = if name.contains("data.") {
        "#e8f4ea"
    } else if name.starts_with("module.") && !last.contains('.') {
        "#fdf1dc"
    } else {
        "#e8eefb"
    };
    let (width, top) = (box_width(name), y - BOX_HEIGHT / 2);
    let name = escaped(name);
    format!(
        "<g><title>{name}</title><rect x=\"{x}\" y=\"{top}\" width=\"{width}\" height=\"{BOX_HEIGHT}\" rx=\"4\" fill=\"{fill}\" stroke=\"#99a\"/><text x=\"{}\" y=\"{}\">{name}</text></g>\n",
        x + 8,
        y + 4
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edges(pairs: &[(&str, &[&str])]) -> BTreeMap<String, BTreeSet<String>> {
        let own = |(from, to): &(&str, &[&str])| {
            ((*from).to_owned(), to.iter().map(|to| (*to).to_owned()).collect())
        };
        pairs.iter().map(own).collect()
    }

    /// The boxes of a drawing: name, left and top.
    fn boxes(svg: &str) -> Vec<(String, usize, usize)> {
        let between = |text: &str, from: &str, to: &str| -> String {
            let start = text.find(from).map_or(0, |at| at + from.len());
            text[start..].split(to).next().unwrap_or_default().to_owned()
        };
        let drawn = svg.lines().filter(|line| line.starts_with("<g>"));
        drawn
            .map(|line| {
                let number = |name: &str| between(line, name, "\"").parse().unwrap();
                (between(line, "<title>", "<"), number("rect x=\""), number("\" y=\""))
            })
            .collect()
    }

    #[test]
    fn what_is_needed_stands_right_of_what_needs_it() {
        let svg = draw(&edges(&[("a", &["b", "c"]), ("b", &["c"]), ("c", &[])]));
        let found = boxes(&svg);
        let x = |name: &str| found.iter().find(|(n, ..)| n == name).unwrap().1;
        assert!(x("a") < x("b") && x("b") < x("c"));
        assert_eq!(svg.matches("marker-end").count(), 3);
    }

    #[test]
    fn no_two_boxes_of_a_hundred_overlap() {
        let pairs: Vec<(String, BTreeSet<String>)> = (0..100)
            .map(|i| {
                let needed = [i / 2, i / 3, i / 7].into_iter().filter(|j| *j < i);
                (format!("n{i}"), needed.map(|j| format!("n{j}")).collect())
            })
            .collect();
        let svg = draw(&pairs.into_iter().collect());
        let found = boxes(&svg);
        assert_eq!(found.len(), 100);
        for (i, a) in found.iter().enumerate() {
            for b in &found[i + 1..] {
                assert!(a.1 != b.1 || a.2.abs_diff(b.2) >= BOX_HEIGHT, "{a:?} and {b:?}");
            }
        }
    }

    #[test]
    fn circles_end_and_names_are_escaped() {
        assert!(draw(&edges(&[("a", &["b"]), ("b", &["a"])])).ends_with("</svg>\n"));
        assert!(draw(&edges(&[("a[\"<x>\"]", &[])])).contains("a[&quot;&lt;x&gt;&quot;]"));
        assert!(draw(&edges(&[])).starts_with("<svg"));
    }

    #[test]
    fn an_edge_that_crossed_is_untangled() {
        let svg = draw(&edges(&[("a", &["y"]), ("b", &["x"])]));
        let found = boxes(&svg);
        let y = |name: &str| found.iter().find(|(n, ..)| n == name).unwrap().2;
        assert_eq!(y("a") < y("b"), y("y") < y("x"));
    }
}
