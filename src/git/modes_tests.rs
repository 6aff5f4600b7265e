use super::Shared;
use crate::git::scratch::Scratch;

fn read(value: &str) -> Result<Shared, String> {
    let scratch = Scratch::new();
    scratch.git(&["config", "core.sharedRepository", value]);
    Shared::read(&scratch.repo()).map_err(|e| e.message)
}

#[test]
fn the_setting_is_read_as_git_reads_it() {
    for (value, shared) in [
        ("umask", Shared::Umask),
        ("false", Shared::Umask),
        ("0", Shared::Umask),
        ("group", Shared::AtLeast(0o660)),
        ("true", Shared::AtLeast(0o660)),
        ("1", Shared::AtLeast(0o660)),
        ("all", Shared::AtLeast(0o664)),
        ("world", Shared::AtLeast(0o664)),
        ("everybody", Shared::AtLeast(0o664)),
        ("2", Shared::AtLeast(0o664)),
        ("0640", Shared::Exactly(0o640)),
        ("0660", Shared::Exactly(0o660)),
    ] {
        assert_eq!(read(value), Ok(shared), "{value}");
    }
    for value in ["0070", "groop"] {
        assert!(read(value).unwrap_err().contains(value), "{value}");
    }
}

#[test]
fn the_umask_leaves_what_the_setting_gives() {
    for (shared, before, after) in [
        (Shared::Umask, 0o077, 0o077),
        (Shared::AtLeast(0o660), 0o022, 0o002),
        (Shared::AtLeast(0o660), 0o077, 0o007),
        (Shared::AtLeast(0o664), 0o077, 0o002),
        (Shared::AtLeast(0o660), 0o000, 0o000),
        (Shared::Exactly(0o640), 0o000, 0o027),
        (Shared::Exactly(0o600), 0o022, 0o077),
    ] {
        assert_eq!(shared.mask(before), after, "{shared:?} over {before:o}");
    }
}
