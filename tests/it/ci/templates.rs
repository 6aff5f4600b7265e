//! `action.yml` and `ci/gitlab.yml`: read as a CI reads them, and their steps run as a runner would, job by job, each in a clone of its own.

use std::path::Path;

use serde_json::Value;

use super::*;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

fn yaml(file: &str) -> Value {
    let text = std::fs::read_to_string(Path::new(ROOT).join(file)).unwrap();
    serde_saphyr::from_str(&text).unwrap_or_else(|e| panic!("{file}: {e}"))
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}"))
}

fn table(value: &Value) -> &serde_json::Map<String, Value> {
    value.as_object().unwrap_or_else(|| panic!("no table: {value}"))
}

/// What stands in `${{ … }}`, trimmed.
fn expressions(text: &str) -> Vec<&str> {
    text.split("${{").skip(1).map(|rest| rest.split_once("}}").expect("it ends").0.trim()).collect()
}

/// A job's clone, with what the CI puts into its environment; the server takes its pushes as the account `ci-account`.
struct Job<'a> {
    ci: &'a Ci,
    clone: Repo,
}

impl<'a> Job<'a> {
    /// As actions/checkout leaves it: a branch, of one commit unless all of it was asked for.
    fn github(ci: &'a Ci, name: &str, depth: &[&str]) -> Self {
        let job = Self::empty(ci, name);
        job.clone.git(&[&["fetch", "-q"], depth, &["origin", "+refs/heads/work:refs/remotes/origin/work"]].concat()).ok();
        job.clone.git(&["checkout", "-q", "-B", "work", "refs/remotes/origin/work"]).ok();
        job
    }

    /// As GitLab's runner leaves it: detached, and nothing but the branch fetched.
    fn gitlab(ci: &'a Ci, name: &str) -> Self {
        let job = Self::empty(ci, name);
        job.clone.git(&["fetch", "-q", "origin", "+refs/heads/work:refs/remotes/origin/work"]).ok();
        job.clone.git(&["checkout", "-q", "--detach", "refs/remotes/origin/work"]).ok();
        job
    }

    fn empty(ci: &'a Ci, name: &str) -> Self {
        let clone = ci.repo.sibling(name);
        std::fs::create_dir(clone.path()).unwrap();
        clone.git(&["init", "-q"]).ok();
        let url = format!("file://{}", ci.repo.scratch().join("server.git").display());
        clone.git(&["remote", "add", "origin", &url]).ok();
        clone.login("ci-account").set("CI", "true");
        Self { ci, clone }
    }

    /// Every step of the action, as GitHub's runner runs them: inputs put in, a file of the script, the shell that the step names.
    fn action(&self, with: &[(&str, &str)]) -> Run {
        let action = yaml("action.yml");
        let value = |expression: &str| match expression.strip_prefix("inputs.") {
            Some(input) => match with.iter().find(|(name, _)| *name == input) {
                Some((_, value)) => (*value).to_owned(),
                None => text(&action["inputs"][input]["default"]).to_owned(),
            },
            None if expression == "github.action_path" => ROOT.to_owned(),
            None => panic!("the runner knows no `{expression}`"),
        };
        let filled = |template: &str| {
            expressions(template)
                .into_iter()
                .fold(template.to_owned(), |text, one| text.replace(&format!("${{{{ {one} }}}}"), &value(one)))
        };
        let mut last = None;
        for step in action["runs"]["steps"].as_array().unwrap() {
            assert_eq!(expressions(text(&step["run"])), [""; 0], "an input in a script is a script of whoever gives the input");
            for (name, template) in table(&step["env"]) {
                self.clone.set(name, filled(text(template)));
            }
            last = Some(self.script(text(&step["shell"]), text(&step["run"])));
        }
        last.unwrap()
    }

    /// The script of a GitLab job, after what it extends: in one shell, which ends at the first failure.
    fn gitlab_job(&self, name: &str) -> Run {
        let all = yaml("ci/gitlab.yml");
        let job = &all[name];
        let template = &all[text(&job["extends"])];
        let lines = [&template["before_script"], &job["script"]].into_iter().flat_map(|lines| lines.as_array().unwrap());
        self.clone.set("CI_COMMIT_SHA", self.clone.rev("HEAD")).set("GUARD_SUITES", "integration");
        self.script("sh", &lines.map(text).collect::<Vec<_>>().join("\n"))
    }

    fn script(&self, shell: &str, script: &str) -> Run {
        let file = self.ci.repo.scratch().join(format!("step-of-{}", self.clone.path().file_name().unwrap().to_str().unwrap()));
        std::fs::write(&file, script).unwrap();
        self.clone.run(shell, &["-e", file.to_str().unwrap()])
    }

    /// What another job has left as an artifact.
    fn takes(&self, from: &Job<'_>) -> &Self {
        let copied = self.clone.run("cp", &["-r", from.clone.file("guard-runs").to_str().unwrap(), "."]);
        copied.ok();
        self
    }

    fn with_key(&self) -> String {
        self.ci.repo.key("ci").private.to_str().unwrap().to_owned()
    }

    /// Neither a key's text nor anything of the private half's lines is in what was said.
    fn keeps_the_key(&self, run: Run) {
        let private = std::fs::read_to_string(self.with_key()).unwrap();
        private.lines().filter(|line| !line.starts_with("-----")).fold(run, Run::says_not);
    }
}

/// The branch is attested on the server: it lands.
fn assert_attested(ci: &Ci) {
    let line = ci.repo.git(&["ls-remote", "origin", "refs/notes/guard/ci"]).ok().line();
    assert!(line.ends_with("refs/notes/guard/ci"), "{line}");
    ci.repo.git(&["push", "-q", "origin", "work:main"]).ok();
}

/// A suite that tells what it sees of keys, whatever the policy would pass on.
const NOSY: &str = "echo \"file <$GUARD_KEY_FILE> agent <$SSH_AUTH_SOCK>\"; \
                    echo \"<testsuite><testcase name=\\\"login\\\"/></testsuite>\" > report.xml\n'''\nenv = ['PATH', 'GUARD_KEY_FILE']\n#'''";

fn nosy() -> Ci {
    let ci = started(NOSY);
    ci.repo.git(&["push", "origin", "work:main"]).rejected().says("needs attested, found none");
    ci
}

#[test]
fn the_action_is_a_composite_one_whose_inputs_are_all_there() {
    let action = yaml("action.yml");
    assert_eq!(action["runs"]["using"], "composite");
    let inputs = table(&action["inputs"]);
    for (name, input) in inputs {
        assert!(!text(&input["description"]).is_empty(), "{name}");
        assert_eq!(input["required"] == true, input.get("default").is_none(), "{name}: demanded, or with a default");
    }
    let whole = std::fs::read_to_string(Path::new(ROOT).join("action.yml")).unwrap();
    for expression in expressions(&whole) {
        let known =
            expression == "github.action_path" || expression.strip_prefix("inputs.").is_some_and(|name| inputs.contains_key(name));
        assert!(known, "{expression}");
    }
    for name in inputs.keys() {
        assert!(whole.contains(&format!("${{{{ inputs.{name} }}}}")), "{name} is used");
    }
    let steps = action["runs"]["steps"].as_array().unwrap();
    assert!(!steps.is_empty());
    for step in steps {
        assert_eq!(
            (step["shell"].as_str(), step["run"].as_str().is_some()),
            (Some("sh"), true),
            "a step of a composite action names its shell"
        );
    }
}

#[test]
fn the_action_attests_in_two_jobs() {
    for (depth, name) in [(&[][..], "whole"), (&["--depth=1"][..], "shallow")] {
        let ci = nosy();
        let run = Job::github(&ci, &format!("run-{name}"), depth);
        run.action(&[("phase", "run"), ("suites", "integration")]).ok().says("file <> agent <>");
        let sign = Job::github(&ci, &format!("sign-{name}"), depth);
        let signed = sign.takes(&run).action(&[("phase", "sign"), ("suites", "integration"), ("key-file", &sign.with_key())]);
        sign.keeps_the_key(signed.ok().says("signed as `ci`").says("pushed to origin").says_not("file <"));
        assert_attested(&ci);
    }
}

#[test]
fn a_key_in_the_job_that_runs_is_refused() {
    let ci = nosy();
    let run = Job::github(&ci, "run", &[]);
    let key = run.with_key();
    run.action(&[("phase", "run"), ("suites", "integration"), ("key-file", &key)])
        .undecided()
        .says("key-file is for the job that signs");
    // the script itself, with both in one job, doesn't tell the suite where the key is
    run.clone.set("GUARD_KEY_FILE", &key).set("SSH_AUTH_SOCK", "/tmp/agent");
    let script = Path::new(ROOT).join("ci/attest.sh");
    run.clone.run(script, &["run", "runs", "HEAD", "integration"]).ok().says("file <> agent <>");
}

#[test]
fn an_agent_s_key_signs_too() {
    let ci = nosy();
    let run = Job::github(&ci, "run", &[]);
    run.action(&[("phase", "run"), ("suites", "integration")]).ok();
    let sign = Job::github(&ci, "sign", &[]);
    let (key, socket) = (sign.with_key(), ci.repo.scratch().join("agent"));
    sign.takes(&run).clone.git(&["config", "user.signingKey", &format!("{key}.pub")]).ok();
    let hidden = ci.repo.scratch().join("loaded");
    let script =
        format!("ssh-add -q {key} && mv {key} {} && {ROOT}/ci/attest.sh sign guard-runs HEAD integration", hidden.display());
    let signed = sign.clone.run("ssh-agent", &["-a", socket.to_str().unwrap(), "sh", "-c", &script]).ok().says("signed as `ci`");
    std::fs::rename(hidden, &key).unwrap();
    sign.keeps_the_key(signed);
    assert_attested(&ci);
}

#[test]
fn the_gitlab_template_attests_in_two_jobs() {
    let all = yaml("ci/gitlab.yml");
    let (run, sign) = (&all["guard-run"], &all["guard-sign"]);
    assert_eq!((&sign["needs"][0], &sign["environment"]), (&"guard-run".into(), &"attest".into()));
    assert_eq!(run["artifacts"]["paths"][0], "guard-runs");
    assert_eq!((run.get("environment"), &all[".guard"]["variables"]["GIT_DEPTH"]), (None, &0.into()));
    let ci = nosy();
    // the template calls the script by its place in the project
    let prepared = |name: &str| {
        let job = Job::gitlab(&ci, name);
        std::os::unix::fs::symlink(Path::new(ROOT).join("ci"), job.clone.file("ci")).unwrap();
        job
    };
    let run = prepared("run");
    run.gitlab_job("guard-run").ok().says("file <> agent <>");
    let sign = prepared("sign");
    sign.takes(&run).clone.set("GUARD_KEY_FILE", sign.with_key());
    let signed = sign.gitlab_job("guard-sign").ok().says("signed as `ci`").says("pushed to origin");
    sign.keeps_the_key(signed);
    assert_attested(&ci);
}
