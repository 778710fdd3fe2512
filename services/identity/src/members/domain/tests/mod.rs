//! Tests of the rules of members.

mod member;
