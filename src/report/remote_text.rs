//! Text on its way over git's wire, which puts `remote: ` before every line.

/// Width that lines are folded to.
const COLUMNS: usize = 72;
/// Up to this width, two lines of a terminal, a line stays whole: what was found is searched for and quoted as one line.
const WHOLE: usize = 160;

/// Folds the long lines of prose, which begin at the left: at spaces, never within backticks, and what follows is indented. Indented lines
/// hold paths, cited lines and commands to paste, and stay as they are.
pub fn fit(text: &str) -> String {
    text.split_inclusive('\n')
        .map(|line| if line.starts_with(' ') || line.starts_with("next: ") { line.to_owned() } else { fold(line) })
        .collect()
}

fn fold(line: &str) -> String {
    if width(line) <= WHOLE {
        return line.to_owned();
    }
    let (mut out, mut used) = (String::with_capacity(line.len() + 8), 0);
    for (number, word) in words(line).enumerate() {
        let wide = width(word);
        // `error[rule]:` never stands alone.
        if number > 1 && used + 1 + wide > COLUMNS {
            out.push_str("\n  ");
            used = 2;
        } else if number > 0 {
            out.push(' ');
            used += 1;
        }
        out.push_str(word);
        used += wide;
    }
    out
}

/// The line at its spaces, those within backticks left out.
fn words(line: &str) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    line.split(move |c| {
        quoted ^= c == '`';
        c == ' ' && !quoted
    })
}

/// Characters that are seen: styles, the only escape sequences that a report has, take no place.
fn width(text: &str) -> usize {
    let mut styled = false;
    let seen = |c: &char| {
        let hidden = styled || *c == '\u{1b}';
        styled = hidden && *c != 'm';
        !hidden && *c != '\n'
    };
    text.chars().filter(seen).count()
}

/// What GitLab shows in its pages is what begins with `GL-HOOK-ERR:`: the verdict and each thing found, which a terminal shows as well.
pub fn for_gitlab(text: &str) -> String {
    let shown = |line: &str| ["guard: ", "error[", "undecided["].iter().any(|head| plain(line).starts_with(head));
    text.split_inclusive('\n').map(|line| if shown(line) { format!("GL-HOOK-ERR: {line}") } else { line.to_owned() }).collect()
}

/// The line without the style that it begins with.
fn plain(line: &str) -> &str {
    let mut rest = line;
    while let Some((_, after)) = rest.strip_prefix('\u{1b}').and_then(|style| style.split_once('m')) {
        rest = after;
    }
    rest
}

#[cfg(test)]
mod tests {
    use crate::report::remote_text::*;
    use crate::report::text::BAD;

    #[test]
    fn prose_is_folded_and_nothing_else() {
        let long = "x".repeat(120);
        let text = format!("guard: {long}\n  {long} {long}\nnext: git push {long} {long}\nshort line\n");
        assert_eq!(fit(&text), format!("guard: {long}\n  {long} {long}\nnext: git push {long} {long}\nshort line\n"));
        let words = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen";
        let (first, rest) = words.split_once(" fourteen").unwrap();
        assert_eq!(fit(&format!("{words}\n")), format!("{words}\n"));
        assert_eq!(fit(&format!("{words} {long}\n")), format!("{first}\n  fourteen{rest}\n  {long}\n"));
        assert_eq!(fit(""), "");
    }

    #[test]
    fn what_is_quoted_stays_in_one_piece_and_styles_take_no_place() {
        let quoted = format!("`{}`", "a b ".repeat(30));
        let line = format!("{BAD}error[scope]{BAD:#}: {quoted}: outside of what `dev` may change, and some more words\n");
        let fitted = fit(&line);
        assert!(fitted.contains(&quoted) && fitted.lines().count() == 2, "{fitted}");
        let whole = format!("{BAD}{}{BAD:#}\n", "seen ".repeat(32));
        assert_eq!(fit(&whole), whole);
    }

    #[test]
    fn gitlab_gets_the_heads() {
        let text = format!("guard: {BAD}rejected{BAD:#}\n\n{BAD}error[scope]{BAD:#}: x\n  next: y\n");
        assert_eq!(
            for_gitlab(&text),
            format!("GL-HOOK-ERR: guard: {BAD}rejected{BAD:#}\n\nGL-HOOK-ERR: {BAD}error[scope]{BAD:#}: x\n  next: y\n")
        );
    }
}
