//! The cache tree (`TREE`): for each directory of the index the tree that its entries make, as far as git knows it.
//!
//! Git commits these trees without looking at the entries. So the trees are judged, and not the entries.

use std::collections::HashMap;

use super::damaged;
use crate::error::Result;
use crate::git::tree::ID;
use crate::model::Oid;

/// A directory of the cache tree.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Node {
    key: usize,
    /// How many entries the directory covers, and the tree that they make; `None` where something below has changed.
    pub valid: Option<(u32, Oid)>,
}

/// The useful part of the cache tree: the root, and the children of invalid directories.
pub struct CacheTree<'a> {
    /// The whole.
    pub root: Node,
    /// Of each directory its tree, where it is known.
    pub trees: Vec<Option<Oid>>,
    children: HashMap<(usize, &'a [u8]), Node>,
}

impl<'a> CacheTree<'a> {
    /// All of it: no part is believed before the rest was read.
    ///
    /// # Errors
    /// The bytes are damaged.
    pub fn parse(data: &'a [u8]) -> Result<Self> {
        let (name, root, below, mut rest) = record(data, 0)?;
        if !name.is_empty() {
            return Err(damaged("its cache tree does not start at the root"));
        }
        let tree = |node: &Node| node.valid.map(|(_, tree)| tree);
        let (mut children, mut trees) = (HashMap::new(), vec![tree(&root)]);
        // The open directories, each with the number of subdirectories still to come.
        let mut open = vec![(root, below)];
        let mut key = 0;
        while let Some((parent, left)) = open.last_mut() {
            if *left == 0 {
                open.pop();
                continue;
            }
            *left -= 1;
            key += 1;
            let (name, node, below, after) = record(rest, key)?;
            if parent.valid.is_none() && children.insert((parent.key, name), node).is_some() {
                return Err(damaged("its cache tree has a directory twice"));
            }
            trees.push(tree(&node));
            open.push((node, below));
            rest = after;
        }
        if rest.is_empty() { Ok(Self { root, trees, children }) } else { Err(damaged("its cache tree does not end where it says")) }
    }

    /// The directory of that name directly below an invalid one.
    pub fn child(&self, parent: &Node, name: &[u8]) -> Option<Node> {
        self.children.get(&(parent.key, name)).copied()
    }
}

/// One record: the directory's name, its node, its number of subdirectories, and the bytes that follow.
///
/// A record is `name NUL entries SP directories LF id`, without the id where `entries` is negative.
fn record(data: &[u8], key: usize) -> Result<(&[u8], Node, u64, &[u8])> {
    let broken = || damaged("its cache tree can't be read");
    let (name, rest) = until(data, 0).ok_or_else(broken)?;
    let (entries, rest) = until(rest, b' ').ok_or_else(broken)?;
    let (below, rest) = until(rest, b'\n').ok_or_else(broken)?;
    let below = digits(below).ok_or_else(broken)?;
    if let Some(negative) = entries.strip_prefix(b"-") {
        digits(negative).ok_or_else(broken)?;
        return Ok((name, Node { key, valid: None }, below, rest));
    }
    let count = digits(entries).and_then(|n| u32::try_from(n).ok()).ok_or_else(broken)?;
    let (id, rest) = rest.split_at_checked(ID).ok_or_else(broken)?;
    let oid = Oid::from_bytes(id).ok_or_else(broken)?;
    Ok((name, Node { key, valid: Some((count, oid)) }, below, rest))
}

/// The bytes before a byte, and those after it.
fn until(data: &[u8], end: u8) -> Option<(&[u8], &[u8])> {
    let at = data.iter().position(|byte| *byte == end)?;
    Some((data.get(..at)?, data.get(at + 1..)?))
}

fn digits(bytes: &[u8]) -> Option<u64> {
    if bytes.is_empty() || !bytes.iter().all(u8::is_ascii_digit) {
        return None;
    }
    std::str::from_utf8(bytes).ok()?.parse().ok()
}
