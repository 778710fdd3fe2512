//! Tests of the rules of accounts.

mod account;
