//! Tests of the rules of lists of members.

mod decision;
