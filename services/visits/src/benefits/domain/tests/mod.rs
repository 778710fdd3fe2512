//! Tests of the rules of benefits.

mod benefit;
