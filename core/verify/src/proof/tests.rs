//! The worked example of a log with 300 leaves, and every byte of it changed.

use super::*;

macro_rules! vector {
    ($name:literal) => {
        include_str!(concat!("../../web/test/example-log/", $name))
    };
}

const PROOF: &str = vector!("42.tlog-proof");
const ENTRY: &str = vector!("42.entry");

fn policy_text() -> String {
    let [log, w1, w2] = [vector!("log.vkey"), vector!("w1.vkey"), vector!("w2.vkey")].map(str::trim);
    format!("# test\nlog {log}\nwitness town {w1}\nwitness archive {w2}\ngroup both all town archive\nquorum both\n")
}

fn policy() -> TrustPolicy {
    TrustPolicy::parse(&policy_text()).unwrap()
}

fn proof() -> Inclusion {
    let lines: Vec<&str> = PROOF.lines().take_while(|line| !line.is_empty()).collect();
    Inclusion {
        index: lines[1].strip_prefix("index ").unwrap().parse().unwrap(),
        hashes: lines[2..].iter().map(|line| (*line).to_owned()).collect(),
    }
}

fn checkpoint() -> String {
    vector!("checkpoint").to_owned()
}

#[test]
fn the_example_is_signed_witnessed_and_holds_its_entry() {
    let signed = believe(&policy(), &read_checkpoint(checkpoint().as_bytes()).unwrap()).unwrap();
    assert_eq!((signed.head.size, signed.cosigned.len()), (300, 2));
    check_inclusion(&signed.head, ENTRY.as_bytes(), &proof()).unwrap();
}

#[test]
fn an_earlier_checkpoint_is_a_prefix() {
    let new = read_checkpoint(checkpoint().as_bytes()).unwrap().checkpoint().clone();
    let old = read_checkpoint(vector!("checkpoint.old").as_bytes()).unwrap().checkpoint().clone();
    let hashes: Vec<String> = vector!("cons.b64").lines().map(str::to_owned).collect();
    let proof = Consistency { from: old.size, hashes };
    check_consistency(&old, &new, &proof).unwrap();
    for index in 0..proof.hashes.len() {
        let mut forged = proof.clone();
        forged.hashes.remove(index);
        assert!(check_consistency(&old, &new, &forged).is_err());
    }
    let mut other = old;
    other.root.0[0] ^= 1;
    assert!(check_consistency(&other, &new, &proof).is_err());
}

#[test]
fn no_byte_of_a_checkpoint_can_be_changed() {
    let bytes = checkpoint().into_bytes();
    for index in 0..bytes.len() {
        for mask in [1, 0x20, 0x80] {
            let mut forged = bytes.clone();
            forged[index] ^= mask;
            let accepted = read_checkpoint(&forged).and_then(|checkpoint| believe(&policy(), &checkpoint));
            assert!(accepted.is_err(), "byte {index} changed by {mask:#x} is accepted");
        }
    }
}

#[test]
fn no_part_of_a_proof_can_be_changed() {
    let head = read_checkpoint(checkpoint().as_bytes()).unwrap().checkpoint().clone();
    let leaf = ENTRY.as_bytes();
    check_inclusion(&head, leaf, &proof()).unwrap();
    for index in 0..proof().hashes.len() {
        let mut forged = proof();
        let other = if forged.hashes[index].starts_with('A') { "B" } else { "A" };
        forged.hashes[index].replace_range(0..1, other);
        assert!(check_inclusion(&head, leaf, &forged).is_err());
        let mut shorter = proof();
        shorter.hashes.remove(index);
        assert!(check_inclusion(&head, leaf, &shorter).is_err());
    }
    for index in (0..300).filter(|index| *index != 42).chain([300, u64::MAX]) {
        assert!(check_inclusion(&head, leaf, &Inclusion { index, ..proof() }).is_err(), "index {index}");
    }
    let mut forged = leaf.to_vec();
    forged[5] ^= 1;
    assert!(check_inclusion(&head, &forged, &proof()).is_err());
}

#[test]
fn a_policy_without_one_of_its_witnesses_is_not_satisfied() {
    let text = checkpoint();
    let without: String = text.lines().filter(|line| !line.contains("/w2 ")).map(|line| format!("{line}\n")).collect();
    let checkpoint = read_checkpoint(without.as_bytes()).unwrap();
    assert!(matches!(believe(&policy(), &checkpoint), Err(TlogError::Quorum { .. })));
    let any = TrustPolicy::parse(&policy_text().replace("both all", "both any")).unwrap();
    assert!(believe(&any, &checkpoint).is_ok());
}

#[test]
fn a_policy_that_could_be_read_in_two_ways_is_refused() {
    let good = policy_text();
    for (from, to) in [
        ("quorum both\n", ""),
        ("quorum both\n", "quorum nobody\n"),
        ("both all town archive", "both 3 town archive"),
        ("both all town archive", "both 0 town archive"),
        ("both all town archive", "both all town town"),
        ("both all town archive", "both all town later"),
        ("witness archive", "witness town"),
        ("quorum both\n", "quorum both\nquorum both\n"),
        ("log ", "lag "),
    ] {
        let text = good.replacen(from, to, 1);
        assert_ne!(text, good);
        assert!(TrustPolicy::parse(&text).is_err(), "{from} -> {to}");
    }
    let w1 = vector!("w1.vkey").trim();
    let twice = good.replace("group both", &format!("witness again {w1}\ngroup both"));
    assert!(TrustPolicy::parse(&twice).is_err(), "one key counts twice");
}
