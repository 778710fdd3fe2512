//! The clocks of a case: what they count by, and where they stand. They are reckoned from what happened, whenever that or
//! what they are measured by changes.

use chrono::{DateTime, TimeDelta, Utc};

use super::{ServiceLevel, Severity, minutes};

/// What one clock measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Measure {
    /// From the opening to support's first answer.
    FirstResponse,
    /// From the partner's first message without an answer to support's next.
    NextResponse,
    /// From the opening to the solution, while the partner is not waited for.
    Resolution,
}

/// What is told of a clock: that it comes near its end, or that it is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Alarm {
    /// Three quarters of the time have passed.
    Warning,
    /// All of it.
    Breach,
}

/// What happened to a case that its clocks count by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Clocks {
    pub(crate) opened_at: DateTime<Utc>,
    /// Support's first answer.
    pub(crate) answered_at: Option<DateTime<Utc>>,
    /// The partner's first message since support's last.
    pub(crate) unanswered_since: Option<DateTime<Utc>>,
    /// When the resolution stood still, went on, stood still again.
    pub(crate) pauses: Vec<DateTime<Utc>>,
    /// What was told already, and is not told again.
    pub(crate) told: Vec<(Measure, Alarm)>,
    /// Nothing is measured any more.
    pub(crate) over: bool,
}

/// Where one clock stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reading {
    pub(crate) measure: Measure,
    /// None while it stands still.
    pub(crate) due_at: Option<DateTime<Utc>>,
    /// When three quarters of the time have passed; none while it stands still before that.
    pub(crate) warn_at: Option<DateTime<Utc>>,
    /// When what it measures happened.
    pub(crate) met_at: Option<DateTime<Utc>>,
    /// The working time that is left of a clock that stands still.
    pub(crate) left: Option<TimeDelta>,
}

/// When something is to be done, as the row of a case keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Due {
    /// When the first of the clocks that run is over.
    pub(crate) due_at: Option<DateTime<Utc>>,
    /// When three quarters of that clock have passed.
    pub(crate) warn_at: Option<DateTime<Utc>>,
    /// When something is to be told next, of any clock.
    pub(crate) tell_at: Option<DateTime<Utc>>,
}

impl Measure {
    /// All of them.
    pub(crate) const ALL: [Self; 3] = [Self::FirstResponse, Self::NextResponse, Self::Resolution];

    /// Its name, as in the contract and in the database.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::FirstResponse => "FIRST_RESPONSE",
            Self::NextResponse => "NEXT_RESPONSE",
            Self::Resolution => "RESOLUTION",
        }
    }
}

impl Alarm {
    /// All of them.
    pub(crate) const ALL: [Self; 2] = [Self::Warning, Self::Breach];

    /// Its name, as in the contract and in the database.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Warning => "WARNING",
            Self::Breach => "BREACH",
        }
    }
}

impl Clocks {
    /// Of a case that is opened now.
    pub(crate) const fn opened(at: DateTime<Utc>) -> Self {
        Self {
            opened_at: at,
            answered_at: None,
            unanswered_since: None,
            pauses: Vec::new(),
            told: Vec::new(),
            over: false,
        }
    }

    /// A person of the partner wrote. Until the first answer that is what the first response's clock measures.
    pub(crate) fn partner_wrote(&mut self, at: DateTime<Utc>) {
        if self.answered_at.is_some() && self.unanswered_since.is_none() {
            self.unanswered_since = Some(at);
            self.told.retain(|(measure, _)| *measure != Measure::NextResponse);
        }
    }

    /// Support wrote what the partner sees.
    pub(crate) fn support_wrote(&mut self, at: DateTime<Utc>) {
        self.answered_at.get_or_insert(at);
        self.unanswered_since = None;
    }

    /// Whether the resolution runs from now on: not while the partner is waited for, nor when the case is solved.
    pub(crate) fn run(&mut self, runs: bool, at: DateTime<Utc>) {
        if runs == self.is_paused() {
            self.pauses.push(at);
        }
    }

    /// The case is closed.
    pub(crate) fn end(&mut self) {
        self.over = true;
    }

    fn is_paused(&self) -> bool {
        self.pauses.len() % 2 == 1
    }

    /// Where the clocks stand that measure something, or did.
    pub(crate) fn read(&self, level: &ServiceLevel, severity: Severity) -> Vec<Reading> {
        let targets = level.targets.of(severity);
        let response = |measure, since, target, met_at| Reading {
            measure,
            due_at: Some(level.calendar.add(since, minutes(target))),
            warn_at: Some(level.calendar.add(since, three_quarters(target))),
            met_at,
            left: None,
        };
        let first =
            response(Measure::FirstResponse, self.opened_at, targets.first_response, self.answered_at);
        let next = self
            .unanswered_since
            .map(|since| response(Measure::NextResponse, since, targets.next_response, None));
        [Some(first), next, Some(self.resolution(level, targets.resolution))].into_iter().flatten().collect()
    }

    fn resolution(&self, level: &ServiceLevel, target: u32) -> Reading {
        let (due_at, left) = match self.reach(level, minutes(target)) {
            Ok(at) => (Some(at), None),
            Err(left) => (None, Some(left)),
        };
        let warn_at = self.reach(level, three_quarters(target)).ok();
        Reading { measure: Measure::Resolution, due_at, warn_at, met_at: None, left }
    }

    /// When the resolution has run for so long, or what is left of it while it stands still.
    fn reach(&self, level: &ServiceLevel, time: TimeDelta) -> Result<DateTime<Utc>, TimeDelta> {
        let (mut since, mut left) = (self.opened_at, time);
        for pause in self.pauses.chunks(2) {
            let ran = level.calendar.between(since, pause[0]);
            if left <= ran {
                return Ok(level.calendar.add(since, left));
            }
            left -= ran;
            since = *pause.get(1).ok_or(left)?;
        }
        Ok(level.calendar.add(since, left))
    }

    /// What the row of the case keeps of its clocks.
    pub(crate) fn due(&self, level: &ServiceLevel, severity: Severity) -> Due {
        let readings = self.running(level, severity);
        let first = readings.iter().min_by_key(|reading| reading.due_at);
        let untold = readings.iter().flat_map(|reading| self.untold(reading));
        Due {
            due_at: first.and_then(|reading| reading.due_at),
            warn_at: first.and_then(|reading| reading.warn_at),
            tell_at: untold.map(|(_, at)| at).min(),
        }
    }

    /// Takes down what is to be told by now, each thing once: of a clock that is over only that.
    pub(crate) fn tell(
        &mut self,
        level: &ServiceLevel,
        severity: Severity,
        now: DateTime<Utc>,
    ) -> Vec<(Reading, Alarm)> {
        let mut alarms = Vec::new();
        for reading in self.running(level, severity) {
            let passed: Vec<_> = self.untold(&reading).filter(|(_, at)| *at < now).collect();
            let Some((gravest, _)) = passed.last() else { continue };
            alarms.push((reading, *gravest));
            self.told.extend(passed.iter().map(|(alarm, _)| (reading.measure, *alarm)));
        }
        alarms
    }

    /// The clocks that measure something now.
    fn running(&self, level: &ServiceLevel, severity: Severity) -> Vec<Reading> {
        if self.over {
            return Vec::new();
        }
        let mut readings = self.read(level, severity);
        readings.retain(|reading| {
            let stands = reading.measure == Measure::Resolution && self.is_paused();
            reading.met_at.is_none() && !stands && reading.due_at.is_some()
        });
        readings
    }

    fn untold(&self, reading: &Reading) -> impl Iterator<Item = (Alarm, DateTime<Utc>)> {
        let ends = [(Alarm::Warning, reading.warn_at), (Alarm::Breach, reading.due_at)];
        let measure = reading.measure;
        let open = ends.into_iter().filter(move |(alarm, _)| !self.told.contains(&(measure, *alarm)));
        open.filter_map(|(alarm, at)| Some((alarm, at?)))
    }
}

fn three_quarters(minutes: u32) -> TimeDelta {
    TimeDelta::seconds(i64::from(minutes) * 45)
}
