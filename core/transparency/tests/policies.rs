//! Trust policies, rule by rule (C2SP tlog-policy).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what must be so"
)]

mod common;

use common::{log_key, witness_key};
use siyi_tlog::{Cosignature, TrustPolicy};

fn cosigned(numbers: &[u8]) -> Vec<Cosignature> {
    numbers.iter().map(|number| Cosignature { key: witness_key(*number).verifier().clone(), time: 1 }).collect()
}

fn lines(rest: &str) -> String {
    let key = |number| witness_key(number).verifier().to_string();
    let log = log_key(7);
    format!("log {}\nwitness a {}\nwitness b {}\nwitness c {}\n{rest}", log.verifier(), key(0), key(1), key(2))
}

#[test]
fn a_quorum_is_met_by_enough_distinct_witnesses() {
    for (rest, met, missed) in [
        ("quorum none\n", vec![&[][..], &[0]], vec![]),
        ("quorum b\n", vec![&[1], &[0, 1, 2]], vec![&[][..], &[0, 2]]),
        (
            "group g 2 a b c\nquorum g\n",
            vec![&[0, 1], &[1, 2], &[0, 2], &[0, 1, 2]],
            vec![&[], &[0], &[2], &[1, 1], &[0, 0, 0]],
        ),
        ("group g any a b c\nquorum g\n", vec![&[2]], vec![&[]]),
        ("group g all a b c\nquorum g\n", vec![&[2, 1, 0]], vec![&[0, 1], &[0, 0, 1]]),
        ("group h any a b\ngroup g all h c\nquorum g\n", vec![&[0, 2], &[1, 2]], vec![&[0, 1], &[2]]),
        ("\n# a note\n \t group\tg  2 a   b c \nquorum g", vec![&[0, 1]], vec![&[0]]),
    ] {
        let policy = TrustPolicy::parse(&lines(rest)).unwrap_or_else(|error| panic!("{rest}: {error}"));
        for numbers in met {
            assert!(policy.is_met(&cosigned(numbers)), "{rest} by {numbers:?}");
        }
        for numbers in missed {
            assert!(!policy.is_met(&cosigned(numbers)), "{rest} by {numbers:?}");
        }
    }
}

#[test]
fn a_policy_that_can_be_read_in_two_ways_is_refused() {
    let (log, witness) = (log_key(7).verifier().to_string(), witness_key(0).verifier().to_string());
    for rest in [
        "",
        "quorum x\n",
        "quorum a\nquorum a\n",
        "quorum\n",
        "quorum a b\n",
        "quorum g\ngroup g any a\n",
        "group g 0 a b\nquorum g\n",
        "group g 3 a b\nquorum g\n",
        "group g 02 a b\nquorum g\n",
        "group g -1 a\nquorum g\n",
        "group g any\nquorum g\n",
        "group g any a a\nquorum g\n",
        "group g any x\nquorum g\n",
        "group none any a\nquorum none\n",
        "group g any none\nquorum g\n",
        "group g any g\nquorum g\n",
        "group a any b\nquorum a\n",
        "group g any a b\ngroup h any b c\nquorum g\n",
        "group g some a b\nquorum g\n",
        "quorum a\nwitness d\n",
        "quorum a\nlog x\n",
        "quorum a\nsomething else\n",
        "quorum a\r\n",
        "quorum a\u{0}\n",
    ] {
        let refused = TrustPolicy::parse(&lines(rest)).expect_err(rest);
        assert_eq!(refused.code(), "tlog-malformed", "{rest}");
    }
    for twice in [
        format!("log {log}\n"),
        format!("witness z {witness}\n"),
        format!("log {witness}\n"),
        format!("witness z {log}\n"),
    ] {
        assert!(TrustPolicy::parse(&lines(&format!("{twice}quorum a\n"))).is_err(), "{twice}");
    }
    // The same key under another name is the same witness.
    let renamed = siyi_tlog::Signer::from_seed(
        "another.example/name",
        siyi_tlog::KeyKind::Witness,
        &zeroize::Zeroizing::new([0x14; 32]),
    );
    let renamed = renamed.unwrap();
    assert!(TrustPolicy::parse(&lines(&format!("witness z {}\nquorum a\n", renamed.verifier()))).is_err());
}

#[test]
fn the_usual_policy_asks_for_two_of_three() {
    let listed: Vec<_> = (0..3)
        .map(|number| siyi_tlog::PolicyWitness {
            name: format!("w{number}"),
            key: witness_key(number).verifier().clone(),
            url: (number == 1).then(|| "https://w.example/prefix".into()),
        })
        .collect();
    let policy = TrustPolicy::majority([log_key(7).verifier()], &listed).unwrap();
    assert_eq!(policy.witnesses(), listed);
    assert!(policy.is_met(&cosigned(&[0, 2])));
    assert!(!policy.is_met(&cosigned(&[1])));
    assert!(TrustPolicy::majority([log_key(7).verifier()], &[]).unwrap().is_met(&[]));
}
