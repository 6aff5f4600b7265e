//! Lines of notes, as evidence is read from them.

/// One line of a note.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NoteLine {
    /// The ref's name below `refs/notes/guard/`; not escaped.
    pub writer: String,
    /// Where the ref stands.
    pub origin: Origin,
    /// The line without its newline, raw bytes; or why this writer's notes can't be read (what others wrote can't stop a reader).
    pub content: std::result::Result<Vec<u8>, String>,
}

/// How a line has come here, nearest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Origin {
    /// This clone has recorded it: it stands in the ref of its own local writer.
    Own,
    /// It stands in another writer's ref of this repository: signed here, pushed to here, or put here by somebody.
    Here,
    /// It was fetched. One person's clones share a writer's name, so whose notes it stands in says nothing of where it was recorded.
    Fetched,
    /// It stands here, and isn't on the remote that is pushed to, as far as this clone knows.
    Unpushed,
}
