//! The members' phones: codes are taken from the message folder as they come, and every message is removed.

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use careway_standalone::seed::Message;
use tokio::sync::oneshot;

/// How often the folder is looked at: the share of a journey's wait that is not the platform's.
const PAUSE: Duration = Duration::from_millis(2);

type Waiting = Arc<Mutex<HashMap<String, oneshot::Sender<String>>>>;

/// Looks at the folder until it is dropped.
pub(super) struct Phones {
    waiting: Waiting,
    off: Arc<AtomicBool>,
}

impl Phones {
    pub(super) fn on(folder: &Path) -> Self {
        let phones = Self { waiting: Waiting::default(), off: Arc::default() };
        let (waiting, off, folder) = (phones.waiting.clone(), phones.off.clone(), folder.to_owned());
        thread::spawn(move || {
            while !off.load(Ordering::Relaxed) {
                look(&folder, &waiting);
                thread::sleep(PAUSE);
            }
        });
        phones
    }

    /// The next code for that number. Asked for before it is sent.
    pub(super) fn next_code(&self, number: String) -> oneshot::Receiver<String> {
        let (sender, receiver) = oneshot::channel();
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).insert(number, sender);
        receiver
    }
}

impl Drop for Phones {
    fn drop(&mut self) {
        self.off.store(true, Ordering::Relaxed);
    }
}

fn look(folder: &Path, waiting: &Waiting) {
    // No folder is no message yet.
    let Ok(entries) = fs::read_dir(folder) else { return };
    let whole = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        name.ends_with(".json") && !name.starts_with('.')
    };
    for path in entries.flatten().map(|entry| entry.path()).filter(whole) {
        let message = fs::read(&path).ok().and_then(|text| serde_json::from_slice::<Message>(&text).ok());
        let _ = fs::remove_file(&path);
        let Some(message) = message else { continue };
        let Some(code) = message.code() else { continue };
        let asked = waiting.lock().unwrap_or_else(PoisonError::into_inner).remove(&message.to);
        if let Some(asked) = asked {
            // Whoever asked may have given up.
            let _ = asked.send(code.to_owned());
        }
    }
}
