//! A service within a connection: from the tick to the channel's catalogue, and out of it again.

use careway_kernel::Money;

/// Where a service stands with the channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ItemState {
    Unpublished,
    Notified,
    Published,
    Withdrawn,
}

impl ItemState {
    pub(crate) const ALL: [Self; 4] = [Self::Unpublished, Self::Notified, Self::Published, Self::Withdrawn];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Unpublished => "UNPUBLISHED",
            Self::Notified => "NOTIFIED",
            Self::Published => "PUBLISHED",
            Self::Withdrawn => "WITHDRAWN",
        }
    }
}

/// At what a channel sells a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Terms {
    pub(crate) price: Money,
    /// Of the price: a later one has a higher.
    pub(crate) version: i64,
    /// How long the service takes.
    pub(crate) minutes: i32,
}

/// A service of a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Item {
    pub(crate) ticked: bool,
    pub(crate) state: ItemState,
    /// What the channel calls it.
    pub(crate) code: Option<String>,
    /// Careway has acknowledged the notice of it.
    pub(crate) system_knows: bool,
    /// The channel has acknowledged the notice of it.
    pub(crate) channel_knows: bool,
    /// What the channel was told, while it is notified of the service or sells it.
    pub(crate) told: Option<Terms>,
}

/// Who acknowledges a notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Acknowledgement {
    System,
    /// With the channel's own code, when it gives one.
    Channel(Option<String>),
}

impl Item {
    /// Just ticked.
    pub(crate) fn new() -> Self {
        Self {
            ticked: true,
            state: ItemState::Unpublished,
            code: None,
            system_knows: false,
            channel_knows: false,
            told: None,
        }
    }

    /// What the channel sees and books at: nothing unless it sells the service.
    pub(crate) fn shown(&self) -> Option<Terms> {
        self.told.filter(|_| self.state == ItemState::Published)
    }

    /// Ticked again: what was withdrawn needs a new notice.
    pub(super) fn tick(&mut self) {
        if !self.ticked {
            *self = Self { code: self.code.take(), ..Self::new() };
        }
    }

    /// No longer ticked; what the channel has seen is withdrawn at once.
    pub(super) fn untick(&mut self) {
        self.ticked = false;
        self.withdraw();
    }

    /// Taken out of the channel's catalogue.
    pub(super) fn withdraw(&mut self) {
        if self.state != ItemState::Unpublished {
            self.state = ItemState::Withdrawn;
            self.told = None;
        }
    }

    /// Whether a notice of it may be sent.
    pub(super) fn awaits_notice(&self) -> bool {
        self.ticked && matches!(self.state, ItemState::Unpublished | ItemState::Withdrawn)
    }

    /// In the channel's catalogue, on these terms.
    pub(super) fn publish(&mut self, terms: Option<Terms>) {
        self.state = ItemState::Published;
        self.told = terms;
    }

    /// Both are told, on these terms.
    pub(super) fn notify(&mut self, terms: Terms) {
        self.state = ItemState::Notified;
        self.told = Some(terms);
        self.system_knows = false;
        self.channel_knows = false;
    }

    /// One of the two acknowledges; with the second the service is published.
    pub(super) fn acknowledge(&mut self, acknowledgement: Acknowledgement) {
        match acknowledgement {
            Acknowledgement::System => self.system_knows = true,
            Acknowledgement::Channel(code) => {
                self.channel_knows = true;
                self.code = code.or_else(|| self.code.take());
            }
        }
        if self.system_knows && self.channel_knows {
            self.state = ItemState::Published;
        }
    }
}
