//! From commits as they are told to a report: tables that they share, and sums.

use std::collections::{BTreeMap, HashMap};

use super::outages::outages;
use super::recorded::Known;
use super::replay::Landed;
use super::{PolicyName, Report};
use crate::audit::policy_in_force::PolicyKey;
use crate::audit::row::{Person, Row, Rules, SuiteEvidence};
use crate::audit::row_facts::{Judged, KeptParts, RowFacts};
use crate::audit::summary::{AreaTouches, AreaWork, Event, EventSource, Happened, SpecialistSum};
use crate::git::History;
use crate::model::Bounds;
use crate::policy::Policy;
use crate::text::escape;

/// Touches of areas that are kept for merges; beyond them a change set is looked at again.
const KEPT: usize = 200_000;

/// A report in the making.
pub(super) struct Sums {
    report: Report,
    people: HashMap<Person, u32>,
    areas: HashMap<String, u32>,
    suites: HashMap<String, u32>,
    /// By specialist and area: commits.
    work: BTreeMap<(usize, u32), u64>,
    kept: Vec<KeptParts>,
    landings: Vec<usize>,
    /// Lines of each specialist's largest commit.
    largest: Vec<u64>,
    room: usize,
}

impl Sums {
    /// Nothing yet. `today`: its areas and suites come first in the tables.
    pub fn new(range: String, policy: PolicyName, today: Option<&Policy>) -> Self {
        let report = Report { range, policy, ..Report::default() };
        let (people, areas, suites) = (HashMap::new(), HashMap::new(), HashMap::new());
        let (work, kept, landings, largest) = (BTreeMap::new(), Vec::new(), Vec::new(), Vec::new());
        let mut sums = Self { report, people, areas, suites, work, kept, landings, largest, room: KEPT };
        for area in today.iter().flat_map(|policy| &policy.areas) {
            place(&mut sums.areas, &mut sums.report.areas, &area.name.value);
        }
        for suite in today.iter().flat_map(|policy| &policy.suites) {
            place(&mut sums.suites, &mut sums.report.suites, &suite.name.value);
        }
        sums
    }

    /// The next commit; they come from the newest on.
    pub fn take(&mut self, told: RowFacts) {
        let at = told.place;
        self.landings.push(told.step.landing);
        let kept = self.keep(told.kept);
        self.kept.push(kept);
        let specialist = self.specialist(&told.person);
        let mut areas: Vec<u32> = told.areas.iter().map(|area| place(&mut self.areas, &mut self.report.areas, area)).collect();
        areas.sort_unstable();
        for area in &areas {
            *self.work.entry((specialist, *area)).or_default() += 1;
        }
        let claims = told.claims.iter().map(|suite| place(&mut self.suites, &mut self.report.suites, suite)).collect();
        let who = place(&mut self.people, &mut self.report.people, &told.person);
        let mut row = Row {
            commit: told.step.oid,
            time: told.step.time,
            parents: told.parents,
            landing: told.step.landing == at,
            who,
            size: told.size,
            areas: areas.into(),
            claims,
            evidence: Box::default(),
            violations: Rules::default(),
            indeterminate: Rules::default(),
            waived: Rules::default(),
            why: None,
        };
        self.judge(&mut row, told.judged);
        if row.landing && told.step.returns {
            self.report.overall.events.push(rollback(&row, told.person.name.as_deref()));
        }
        self.add(specialist, &row, told.guarded, at);
        self.report.commits.push(row);
    }

    fn keep(&mut self, kept: KeptParts) -> KeptParts {
        let KeptParts::Parts(_, parts) = &kept else { return kept };
        let size: usize = parts.iter().map(|part| 1 + part.touches.len() + part.suites.len()).sum();
        match self.room.checked_sub(size) {
            Some(room) => {
                self.room = room;
                kept
            }
            None => KeptParts::Lost,
        }
    }

    fn judge(&mut self, row: &mut Row, judged: Judged) {
        let mut evidence = row.evidence.to_vec();
        for (suite, level, passed) in judged.evidence {
            let suite = place(&mut self.suites, &mut self.report.suites, &suite);
            match evidence.iter_mut().find(|found| found.suite == suite) {
                Some(found) if level > found.level => (found.level, found.passed) = (level, passed),
                Some(_) => {}
                None => evidence.push(SuiteEvidence { suite, level, passed }),
            }
        }
        row.evidence = evidence.into();
        row.violations.extend(judged.violations);
        row.indeterminate.extend(judged.indeterminate);
        row.waived.extend(judged.waived);
        self.report.overall.events.extend(judged.events);
        let why = row.why.take().map(String::from).into_iter().chain(judged.why).collect::<Vec<_>>().join("; ");
        row.why = (!why.is_empty()).then(|| why.into());
    }

    fn specialist(&mut self, person: &Person) -> usize {
        let known = self.report.specialists.iter().position(|sum| sum.name == person.name);
        known.unwrap_or_else(|| {
            self.report.specialists.push(SpecialistSum::of(person.name.clone()));
            self.largest.push(0);
            self.report.specialists.len() - 1
        })
    }

    fn add(&mut self, specialist: usize, row: &Row, guarded: bool, at: usize) {
        let lines = |row: &Row| row.size.map_or(0, |size| size.lines().at_most);
        let Some(sum) = self.report.specialists.get_mut(specialist) else { return };
        sum.commits += 1;
        if let Some(size) = row.size {
            sum.files = sum.files.saturating_add(size.files);
            sum.insertions = sum.insertions + size.insertions;
            sum.deletions = sum.deletions + size.deletions;
        }
        if let Some(largest) = self.largest.get_mut(specialist)
            && (sum.largest.is_none() || lines(row) >= *largest)
        {
            (*largest, sum.largest) = (lines(row), Some(at));
        }
        sum.guarded += u64::from(guarded);
        sum.claims += row.claims.len() as u64;
        sum.proven += row.claims.iter().filter(|claim| row.proves(**claim)).count() as u64;
    }

    /// The landings of several commits that have something to prove, each with what came with it, once all commits were told.
    pub fn merges(&mut self, history: &History) -> Vec<Landed> {
        self.report.commits.reverse();
        self.kept.reverse();
        self.landings.reverse();
        let mut merges: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (place, landing) in self.landings.iter().enumerate() {
            let merge = self.report.commits.get(*landing).is_some_and(|row| row.parents > 1);
            if merge || history.begins(*landing) != *landing {
                merges.entry(*landing).or_default().push(place);
            }
        }
        let kept = &mut self.kept;
        let asks = |kept: &[KeptParts], landing: usize, with: &[usize]| {
            let own = kept.get(landing).and_then(KeptParts::key);
            with.iter().any(|place| match kept.get(*place) {
                Some(KeptParts::Nothing(key)) => Some(*key) != own,
                Some(KeptParts::Parts(..) | KeptParts::Lost) => true,
                None => false,
            })
        };
        let mut landed = Vec::new();
        for (landing, with) in merges {
            if asks(kept, landing, &with) {
                let mut taken = |place: usize| Some((place, std::mem::replace(kept.get_mut(place)?, KeptParts::Lost)));
                landed.push(Landed { place: landing, with: with.into_iter().filter_map(&mut taken).collect() });
            }
        }
        landed
    }

    /// What a merge's landing proves.
    pub fn land(&mut self, place: usize, judged: Judged) {
        let mut rows = std::mem::take(&mut self.report.commits);
        if let Some(row) = rows.get_mut(place) {
            self.judge(row, judged);
        }
        self.report.commits = rows;
    }

    /// The whole.
    pub fn finish(mut self, happened: Known) -> Report {
        self.sum_up();
        let order = self.by_commits();
        let report = &mut self.report;
        let mut areas: BTreeMap<u32, Vec<AreaTouches>> = BTreeMap::new();
        for ((specialist, area), commits) in self.work {
            let specialist = order.get(specialist).copied().unwrap_or(specialist);
            areas.entry(area).or_default().push(AreaTouches { specialist, commits });
        }
        for (area, mut by) in areas {
            by.sort_by_key(|work| work.specialist);
            report.overall.areas.push(AreaWork { area, by });
        }
        report.overall.outages = outages(&report.commits);
        happened.unite(report);
        self.report
    }

    fn sum_up(&mut self) {
        let report = &mut self.report;
        for row in &report.commits {
            report.summary.commits += 1;
            report.summary.violating += u64::from(!row.violations.is_empty());
            report.summary.guarded_without_evidence += u64::from(row.violations.meets(Rules::about_proof()));
            report.overall.undecided += u64::from(!row.indeterminate.is_empty());
            let name = report.people.get(row.who as usize).map(|person| &person.name);
            if let Some(sum) = report.specialists.iter_mut().find(|sum| Some(&sum.name) == name) {
                sum.violating += u64::from(!row.violations.is_empty());
            }
        }
    }

    /// Most commits first; gives the new place of each old one.
    fn by_commits(&mut self) -> Vec<usize> {
        let sums = std::mem::take(&mut self.report.specialists);
        let mut sorted: Vec<(usize, SpecialistSum)> = sums.into_iter().enumerate().collect();
        sorted.sort_by(|(_, one), (_, other)| other.commits.cmp(&one.commits).then_with(|| one.name.cmp(&other.name)));
        let mut order = vec![0; sorted.len()];
        for (new, (old, _)) in sorted.iter().enumerate() {
            if let Some(slot) = order.get_mut(*old) {
                *slot = new;
            }
        }
        self.report.specialists = sorted.into_iter().map(|(_, sum)| sum).collect();
        order
    }
}

impl KeptParts {
    fn key(&self) -> Option<PolicyKey> {
        match self {
            Self::Nothing(key) | Self::Parts(key, _) => Some(*key),
            Self::Lost => None,
        }
    }
}

impl SpecialistSum {
    fn of(name: Option<String>) -> Self {
        Self {
            name,
            commits: 0,
            files: 0,
            insertions: Bounds::default(),
            deletions: Bounds::default(),
            largest: None,
            guarded: 0,
            violating: 0,
            claims: 0,
            proven: 0,
        }
    }
}

/// What the report tells of a landing that returns to a tree of before. `by`: whose it is, where that is known.
fn rollback(row: &Row, by: Option<&str>) -> Event {
    let by = by.map(|name| escape(name.as_bytes())).unwrap_or_default();
    let about = ("returns to a tree that stood there before", Some(row.commit));
    Event::of(Happened::Rollback, row.time, by, about, EventSource::History)
}

/// The place of a thing in its table, where it is put when it is new.
fn place<T: Clone + Eq + std::hash::Hash>(known: &mut HashMap<T, u32>, table: &mut Vec<T>, one: &T) -> u32 {
    if let Some(place) = known.get(one) {
        return *place;
    }
    let place = u32::try_from(table.len()).unwrap_or(u32::MAX);
    table.push(one.clone());
    known.insert(one.clone(), place);
    place
}
