//! What a card costs: the contribution rate of the base salary, for each month, at the share of the payer's rank.

use careway_kernel::Percent;

/// The amount in dong, rounded once, half up. The last share of the ladder is that of all later ranks; without a ladder
/// everybody pays whole. None beyond what an amount can be.
pub(crate) fn amount(
    base_salary: i64,
    percent: Percent,
    months: u32,
    ladder: &[Percent],
    rank: u32,
) -> Option<i64> {
    let place = usize::try_from(rank.checked_sub(1)?).ok()?;
    let share = ladder.get(place).or(ladder.last()).copied().unwrap_or(Percent::WHOLE);
    let whole = i128::from(Percent::WHOLE.hundredths()).pow(2);
    let exact = i128::from(base_salary)
        * i128::from(percent.hundredths())
        * i128::from(months)
        * i128::from(share.hundredths());
    i64::try_from((exact + whole / 2).div_euclid(whole)).ok()
}
