//! What a channel's providers offer, for anybody, as SMART Scheduling Links publishes it: a manifest and three files, of places, of
//! examinations and of their slots.

mod api;
mod domain;
mod get_manifest;
mod list_locations;
mod list_schedules;
mod list_slots;
mod published;

use get_manifest::get_smart_manifest;
use list_locations::list_smart_locations;
use list_schedules::list_smart_schedules;
use list_slots::list_smart_slots;
