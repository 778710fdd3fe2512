//! An amount spread over parts, to the last minor unit.

/// Shares of an amount in proportion to weights, summing to it exactly: each its whole part, and what remains by one to
/// the largest fractions, ties to the first. Without any weight every part weighs the same. Neither the amount nor a
/// weight is negative.
pub(crate) fn spread(total: i64, weights: &[i64]) -> Vec<i64> {
    let sum: i128 = weights.iter().copied().map(i128::from).sum();
    let weighed = |weight: i64| if sum == 0 { 1 } else { i128::from(weight) };
    let whole = if sum == 0 { weights.len() as i128 } else { sum };
    // Whole part and fraction, the latter in parts of `whole`.
    let shares = weights.iter().map(|weight| {
        let product = i128::from(total) * weighed(*weight);
        (product / whole, product % whole)
    });
    let (mut parts, fractions): (Vec<i128>, Vec<i128>) = shares.unzip();
    let mut by_fraction: Vec<usize> = (0..parts.len()).collect();
    by_fraction.sort_by_key(|at| std::cmp::Reverse(fractions[*at]));
    let remainder = i128::from(total) - parts.iter().sum::<i128>();
    // Fewer than there are parts: each fraction is less than one.
    for at in by_fraction.into_iter().zip(0..remainder).map(|(at, _)| at) {
        parts[at] += 1;
    }
    // Never more than the total, which came as an i64.
    parts.into_iter().map(|part| i64::try_from(part).unwrap_or(i64::MAX)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_remains_goes_to_the_largest_fractions_ties_to_the_first() {
        assert_eq!(spread(100, &[1, 1, 1]), [34, 33, 33]);
        assert_eq!(spread(101, &[1, 1, 1]), [34, 34, 33]);
        assert_eq!(spread(10, &[1, 2, 3]), [2, 3, 5]); // 1.67, 3.33, 5
        assert_eq!(spread(7, &[50, 30, 20]), [4, 2, 1]); // 3.5, 2.1, 1.4
        assert_eq!(spread(1, &[0, 5, 5]), [0, 1, 0]);
    }

    #[test]
    fn without_weights_all_weigh_the_same() {
        assert_eq!(spread(5, &[0, 0]), [3, 2]);
        assert_eq!(spread(5, &[]), Vec::<i64>::new());
        assert_eq!(spread(0, &[3, 4]), [0, 0]);
    }

    proptest! {
        #[test]
        fn shares_sum_to_the_whole_and_are_within_one_of_their_proportion(
            total in 0..=i64::MAX,
            weights in proptest::collection::vec(prop_oneof![0..10_i64, 0..=i64::MAX / 8], 1..8),
        ) {
            let shares = spread(total, &weights);
            prop_assert_eq!(shares.iter().map(|it| i128::from(*it)).sum::<i128>(), i128::from(total));
            let sum: i128 = weights.iter().map(|it| i128::from(*it)).sum();
            for (share, weight) in shares.iter().zip(&weights) {
                prop_assert!(*share >= 0);
                if sum > 0 {
                    let off = i128::from(*share) * sum - i128::from(total) * i128::from(*weight);
                    prop_assert!(off.abs() < sum);
                    prop_assert!(*weight > 0 || *share == 0);
                }
            }
        }

        #[test]
        fn a_larger_weight_never_has_the_smaller_share(
            total in 0..10_000_i64,
            weights in proptest::collection::vec(0..100_i64, 2..6),
        ) {
            let shares = spread(total, &weights);
            for (a, b) in (0..weights.len()).flat_map(|a| (0..weights.len()).map(move |b| (a, b))) {
                prop_assert!(weights[a] <= weights[b] || shares[a] >= shares[b]);
            }
        }
    }
}
