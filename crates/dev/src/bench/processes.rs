//! CPU time and memory of processes, from /proc.

use std::{collections::BTreeMap, fs, path::Path, time::Duration};

use anyhow::Context;

/// What the kernel counts in for programs, on every Linux architecture: hundredths of a second.
const TICK: Duration = Duration::from_millis(10);

/// Processes by the name they are reported under. Children, which PostgreSQL has one of per connection, count with them.
#[derive(Clone, Default)]
pub(super) struct Watched(pub(super) Vec<(String, u32)>);

/// The CPU time each has taken so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Usage(BTreeMap<String, Duration>);

/// Memory of a process in KiB.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Memory {
    /// Resident pages.
    pub(super) rss: u64,
    /// Resident pages, each shared one divided by how many share it.
    pub(super) pss: u64,
}

struct Times {
    parent: u32,
    own: Duration,
    /// Of children that have ended.
    reaped: Duration,
}

impl Watched {
    /// The CPU time taken so far.
    pub(super) fn usage(&self) -> anyhow::Result<Usage> {
        let all = every_process()?;
        let mut usage = BTreeMap::new();
        for (name, root) in &self.0 {
            let process = all.get(root).with_context(|| format!("{name} (process {root}) has ended"))?;
            let children: Duration =
                all.values().filter(|child| child.parent == *root).map(|child| child.own).sum();
            usage.insert(name.clone(), process.own + process.reaped + children);
        }
        Ok(Usage(usage))
    }

    /// The memory each takes now.
    pub(super) fn memory(&self) -> anyhow::Result<Vec<(String, Memory)>> {
        self.0.iter().map(|(name, pid)| Ok((name.clone(), memory(*pid)?))).collect()
    }
}

impl Usage {
    /// What was taken since then, in microseconds per operation.
    pub(super) fn per_operation(&self, since: &Self, operations: u64) -> BTreeMap<String, f64> {
        let spent = |(name, now): (&String, &Duration)| {
            let spent = now.saturating_sub(since.0.get(name).copied().unwrap_or_default());
            (name.clone(), spent.as_secs_f64() * 1e6 / operations.max(1) as f64)
        };
        self.0.iter().map(spent).collect()
    }
}

fn every_process() -> anyhow::Result<BTreeMap<u32, Times>> {
    let entries = fs::read_dir("/proc").context("measuring needs Linux: there is no /proc here")?;
    let pids = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    // A process that ends meanwhile is counted with its parent's reaped children.
    Ok(pids
        .filter_map(|pid| Some((pid, parse(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)?)))
        .collect())
}

/// A line of /proc/…/stat; the second field, the name in brackets, may hold anything.
fn parse(stat: &str) -> Option<Times> {
    let (_, rest) = stat.rsplit_once(')')?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let ticks = |at: usize| fields.get(at)?.parse::<u32>().ok();
    Some(Times {
        parent: ticks(1)?,
        own: TICK * (ticks(11)? + ticks(12)?),
        reaped: TICK * (ticks(13)? + ticks(14)?),
    })
}

fn memory(pid: u32) -> anyhow::Result<Memory> {
    let path = format!("/proc/{pid}/smaps_rollup");
    let text = fs::read_to_string(Path::new(&path)).with_context(|| format!("cannot read {path}"))?;
    let kib = |field: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(field))?;
        line.split_whitespace().next()?.parse().ok()
    };
    Ok(Memory { rss: kib("Rss:").unwrap_or_default(), pss: kib("Pss:").unwrap_or_default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_brackets_and_spaces_does_not_shift_the_fields() {
        let times = parse("42 (a (b) c) S 7 42 42 0 -1 4 9 0 0 0 100 20 3 1 20 0 1 0 5 6").unwrap();
        assert_eq!(times.parent, 7);
        assert_eq!((times.own, times.reaped), (Duration::from_millis(1200), Duration::from_millis(40)));
    }

    #[test]
    fn this_process_takes_time_and_memory() {
        let this = Watched(vec![("this".to_owned(), std::process::id())]);
        let before = this.usage().unwrap();
        assert_eq!(this.usage().unwrap().per_operation(&before, 1).len(), 1);
        let memory = this.memory().unwrap()[0].1;
        assert!(memory.pss > 0 && memory.pss <= memory.rss);
    }
}
