//! In which order messages that are due together are sent: those of one subject one after the other, the lowest version first.

use uuid::Uuid;

/// A message that is due.
pub(crate) trait Due {
    /// What its event is about.
    fn subject(&self) -> Uuid;
    /// Its place among those of the subject.
    fn place(&self) -> (i64, Uuid);
}

/// The messages of each subject in their order; the subject that was first due stands first.
pub(crate) fn lanes<M: Due>(due: Vec<M>) -> Vec<Vec<M>> {
    let mut lanes: Vec<Vec<M>> = Vec::new();
    for message in due {
        match lanes.iter_mut().find(|lane| lane[0].subject() == message.subject()) {
            Some(lane) => lane.push(message),
            None => lanes.push(vec![message]),
        }
    }
    for lane in &mut lanes {
        lane.sort_by_key(Due::place);
    }
    lanes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq)]
    struct Message(u128, i64);

    impl Due for Message {
        fn subject(&self) -> Uuid {
            Uuid::from_u128(self.0)
        }

        fn place(&self) -> (i64, Uuid) {
            (self.1, Uuid::nil())
        }
    }

    #[test]
    fn each_subject_has_a_lane_and_its_versions_their_order() {
        let due = vec![Message(1, 3), Message(2, 1), Message(1, 1), Message(1, 2)];
        let expected = [vec![Message(1, 1), Message(1, 2), Message(1, 3)], vec![Message(2, 1)]];
        assert_eq!(lanes(due), expected);
    }
}
