//! Remembers objects, for callers that read neighbouring commits: the new side of one commit is the old side of the next.

use std::collections::HashMap;

use super::objects::Object;
use crate::model::Oid;

/// A larger object is read again.
const LARGE: usize = 4 << 20;
/// Bytes that an object costs beside its content.
const EACH: usize = 128;

/// Objects in two generations.
///
/// When the young generation is full it replaces the old one, which is forgotten. An old object that is asked for becomes young
/// again.
pub(super) struct Remembered {
    /// Bytes of objects that are remembered at most, half of them for certain.
    most: usize,
    young: HashMap<Oid, Object>,
    old: HashMap<Oid, Object>,
    bytes: usize,
}

impl Remembered {
    /// An empty memory.
    pub(super) fn holding(most: usize) -> Self {
        Self { most, young: HashMap::new(), old: HashMap::new(), bytes: 0 }
    }

    /// The object, if it is remembered.
    pub(super) fn get(&mut self, oid: Oid) -> Option<Object> {
        if let Some(object) = self.young.get(&oid) {
            return Some(object.clone());
        }
        let object = self.old.remove(&oid)?;
        self.keep(oid, &object);
        Some(object)
    }

    /// Remembers an object.
    pub(super) fn keep(&mut self, oid: Oid, object: &Object) {
        let size = object.data.len();
        if size > LARGE {
            return;
        }
        self.bytes += size + EACH;
        if self.bytes > self.most / 2 {
            self.old = std::mem::take(&mut self.young);
            self.bytes = size + EACH;
        }
        self.young.insert(oid, object.clone());
    }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::super::objects::Kind;
    use super::*;

    fn object(size: usize) -> Object {
        Object { kind: Kind::Blob, data: Rc::new(vec![0; size]) }
    }

    fn oid(n: u32) -> Oid {
        let mut raw = [1; 20];
        raw[..4].copy_from_slice(&n.to_be_bytes());
        Oid::from_bytes(&raw).unwrap()
    }

    #[test]
    fn what_is_asked_for_stays_and_the_rest_is_forgotten() {
        const MOST: usize = 96 << 20;
        let mut known = Remembered::holding(MOST);
        assert!(known.get(oid(1)).is_none());
        for n in 0..200 {
            known.keep(oid(n), &object(1 << 20));
            assert!(known.get(oid(0)).is_some(), "{n}");
            let held: usize = known.young.values().chain(known.old.values()).map(|object| object.data.len()).sum();
            assert!(held <= MOST, "{held}");
        }
        assert!(known.get(oid(1)).is_none() && known.get(oid(199)).is_some());
        known.keep(oid(500), &object(LARGE + 1));
        assert!(known.get(oid(500)).is_none());
    }
}
