//! The one type that several types can all become.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::{Optional, can_convert};
use crate::{Name, Type};

/// Finds the one type that all of them convert to, if there is one; of nothing there is none.
pub fn unify(types: &[Type]) -> Option<Type> {
    unify_types(types, true)
}

/// Like [`unify`], but only by conversions that never fail on values.
pub fn unify_safely(types: &[Type]) -> Option<Type> {
    unify_types(types, false)
}

#[derive(Default)]
struct Census {
    maps: usize,
    lists: usize,
    sets: usize,
    objects: usize,
    tuples: usize,
    dynamics: usize,
}

impl Census {
    fn of(types: &[Type]) -> Self {
        let mut census = Self::default();
        for ty in types {
            match ty {
                Type::Map(_) => census.maps += 1,
                Type::List(_) => census.lists += 1,
                Type::Set(_) => census.sets += 1,
                Type::Object(_) => census.objects += 1,
                Type::Tuple(_) => census.tuples += 1,
                Type::Dynamic => census.dynamics += 1,
                _ => {}
            }
        }
        census
    }
}

pub(super) fn unify_types(types: &[Type], lossy: bool) -> Option<Type> {
    let (first, rest) = types.split_first()?;
    if rest.iter().all(|ty| ty == first) {
        return Some(first.clone());
    }
    let census = Census::of(types);
    let all = |count: usize| count > 0 && count + census.dynamics == types.len();
    let dynamic = census.dynamics > 0;
    if all(census.maps) {
        return collections(types, lossy, dynamic, Type::map);
    }
    if census.maps > 0 && all(census.maps + census.objects) {
        if let Some(found) = structures_as_collections(types, lossy, as_map) {
            return Some(found);
        }
    } else if all(census.lists) {
        return collections(types, lossy, dynamic, Type::list);
    } else if census.lists > 0 && all(census.lists + census.tuples) {
        if let Some(found) = structures_as_collections(types, lossy, as_list) {
            return Some(found);
        }
    } else if all(census.sets) {
        return collections(types, lossy, dynamic, Type::set);
    } else if all(census.objects) {
        return if dynamic { Some(Type::Dynamic) } else { objects(types, lossy) };
    } else if all(census.tuples) {
        return if dynamic { Some(Type::Dynamic) } else { tuples(types, lossy) };
    } else if census.objects > 0 && census.tuples > 0 {
        return None;
    }
    preferred(types, lossy)
}

fn becomes(types: &[Type], wanted: &Type, lossy: bool) -> bool {
    types.iter().all(|ty| ty == wanted || can_convert(ty, wanted, Optional::NONE, lossy))
}

/// The most general of the types that all others convert to.
fn preferred(types: &[Type], lossy: bool) -> Option<Type> {
    let mut distinct: Vec<Type> = Vec::new();
    for ty in types {
        if !distinct.contains(ty) {
            distinct.push(ty.clone());
        }
    }
    let order = by_generality(&distinct);
    order.into_iter().map(|i| &distinct[i]).find(|ty| becomes(&distinct, ty, lossy)).cloned()
}

/// A topological order: more general types first, otherwise as given.
fn by_generality(types: &[Type]) -> Vec<usize> {
    let count = types.len();
    let mut edges = vec![Vec::new(); count];
    let mut incoming = vec![0usize; count];
    for i in 0..count {
        for j in i + 1..count {
            match compare(&types[i], &types[j]) {
                Ordering::Less => {
                    edges[i].push(j);
                    incoming[j] += 1;
                }
                Ordering::Greater => {
                    edges[j].push(i);
                    incoming[i] += 1;
                }
                Ordering::Equal => {}
            }
        }
    }
    let mut order: Vec<usize> = (0..count).filter(|i| incoming[*i] == 0).collect();
    let mut next = 0;
    while next < order.len() {
        for j in std::mem::take(&mut edges[order[next]]) {
            incoming[j] -= 1;
            if incoming[j] == 0 {
                order.push(j);
            }
        }
        next += 1;
    }
    order
}

/// Less means more general.
fn compare(a: &Type, b: &Type) -> Ordering {
    use Type::{Dynamic, List, Map, Object, Set, String, Tuple};
    match (a, b) {
        (Dynamic, Dynamic) => Ordering::Equal,
        (_, Dynamic) => Ordering::Less,
        (Dynamic, _) => Ordering::Greater,
        (String, String) => Ordering::Equal,
        (String, b) if b.is_primitive() => Ordering::Less,
        (a, String) if a.is_primitive() => Ordering::Greater,
        (List(a), List(b)) | (Set(a), Set(b)) | (Map(a), Map(b)) => compare(a, b),
        (Set(_), Tuple(_) | List(_)) | (Tuple(_), List(_)) | (Object(_), Map(_)) => {
            Ordering::Greater
        }
        (Tuple(_) | List(_), Set(_)) | (List(_), Tuple(_)) | (Map(_), Object(_)) => Ordering::Less,
        (Object(a), Object(b)) if a.len() == b.len() && a.keys().eq(b.keys()) => {
            combined(a.values().zip(b.values()))
        }
        (Tuple(a), Tuple(b)) if a.len() == b.len() => combined(a.iter().zip(b.iter())),
        _ => Ordering::Equal,
    }
}

fn combined<'a>(pairs: impl Iterator<Item = (&'a Type, &'a Type)>) -> Ordering {
    let mut found = Ordering::Equal;
    for (a, b) in pairs {
        match (compare(a, b), found) {
            (Ordering::Equal, _) => {}
            (order, Ordering::Equal) => found = order,
            (order, before) if order == before => {}
            _ => return Ordering::Equal,
        }
    }
    found
}

fn collections(types: &[Type], lossy: bool, dynamic: bool, wrap: fn(Type) -> Type) -> Option<Type> {
    if dynamic {
        return Some(Type::Dynamic);
    }
    let elements: Vec<Type> = types.iter().filter_map(Type::element).cloned().collect();
    let found = wrap(unify_types(&elements, lossy)?);
    becomes(types, &found, lossy).then_some(found)
}

fn structures_as_collections(
    types: &[Type],
    lossy: bool,
    collect: fn(&[Type], bool) -> Option<Type>,
) -> Option<Type> {
    let is_structure = |ty: &Type| matches!(ty, Type::Object(_) | Type::Tuple(_));
    let structures: Vec<Type> = types.iter().filter(|ty| is_structure(ty)).cloned().collect();
    let collected = collect(&structures, lossy)?;
    let replace = |ty: &Type| if is_structure(ty) { collected.clone() } else { ty.clone() };
    let replaced: Vec<Type> = types.iter().map(replace).collect();
    unify_types(&replaced, lossy).filter(Type::is_collection)
}

fn objects(types: &[Type], lossy: bool) -> Option<Type> {
    let attributes: Vec<&BTreeMap<Name, Type>> =
        types.iter().filter_map(Type::attributes).collect();
    let first = attributes.first()?;
    if !attributes.iter().all(|other| other.len() == first.len() && other.keys().eq(first.keys())) {
        return as_map(types, lossy);
    }
    let mut found = BTreeMap::new();
    for name in first.keys() {
        let across: Vec<Type> = attributes.iter().map(|object| object[name].clone()).collect();
        found.insert(name.clone(), unify_types(&across, lossy)?);
    }
    let found = Type::object(found);
    if becomes(types, &found, lossy) { Some(found) } else { as_map(types, lossy) }
}

fn as_map(types: &[Type], lossy: bool) -> Option<Type> {
    let attributes = types.iter().filter_map(Type::attributes);
    let elements: Vec<Type> = attributes.flat_map(BTreeMap::values).cloned().collect();
    let found = Type::map(unify_types(&elements, lossy)?);
    becomes(types, &found, lossy).then_some(found)
}

fn tuples(types: &[Type], lossy: bool) -> Option<Type> {
    let items: Vec<&[Type]> = types.iter().filter_map(Type::items).collect();
    let first = items.first()?;
    if !items.iter().all(|other| other.len() == first.len()) {
        return as_list(types, lossy);
    }
    let mut found = Vec::with_capacity(first.len());
    for i in 0..first.len() {
        let across: Vec<Type> = items.iter().map(|tuple| tuple[i].clone()).collect();
        found.push(unify_types(&across, lossy)?);
    }
    let found = Type::tuple(found);
    if becomes(types, &found, lossy) { Some(found) } else { as_list(types, lossy) }
}

fn as_list(types: &[Type], lossy: bool) -> Option<Type> {
    let items = types.iter().filter_map(Type::items);
    let elements: Vec<Type> = items.flatten().cloned().collect();
    let found = Type::list(unify_types(&elements, lossy)?);
    becomes(types, &found, lossy).then_some(found)
}
