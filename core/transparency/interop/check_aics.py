"""Checks an exported log with aics-tlog (PyPI): its notes, its authenticated tile reader, its proofs.

Usage: check_aics.py LOG TRUST. Exit code 0: everything holds; 1: refused, with the reason; 2: not run.
"""
import sys
from pathlib import Path

from aics_tlog.checkpoint import checkpoint_from_note, verify_checkpoint
from aics_tlog.note import b64_decode, parse_note, parse_vkey
from aics_tlog.tiles import FileSystemTileReader
from aics_tlog.tree import verify_consistency, verify_leaf_inclusion
from aics_tlog.verified import VerifiedTileReader, audit_tiles

log, trust = Path(sys.argv[1]), Path(sys.argv[2])
log_key = parse_vkey((trust / "log.vkey").read_text().strip())
witnesses = [parse_vkey(line) for line in (trust / "witnesses").read_text().split()]
quorum = int((trust / "quorum").read_text())


def require(holds, why):
    if not holds:
        raise ValueError(why)


def opened(text):
    note = parse_note(text)
    result = verify_checkpoint(note, log_key, witnesses, quorum, expected_origin=log_key.name)
    require(result.ok, result.error)
    return checkpoint_from_note(note)[0]


def check():
    now = opened((log / "checkpoint").read_bytes())
    old = opened((log / "checkpoint.old").read_bytes())
    reader = FileSystemTileReader(log)
    audit_tiles(reader, now.size, now.root)
    proof = [b64_decode(line) for line in (log / "consistency").read_text().splitlines()]
    require(verify_consistency(old.size, now.size, old.root, now.root, proof), "consistency")
    tree = VerifiedTileReader(reader, now.size, now.root)
    proofs = sorted((log / "proofs").glob("*.tlog-proof"))
    require(proofs, "no proofs")
    for path in proofs:
        head, _, checkpoint = path.read_text().partition("\n\n")
        header, index, *hashes = head.split("\n")
        require(header == "c2sp.org/tlog-proof@v1" and index == f"index {path.stem}", f"{path.name}: header or index")
        covered = opened(checkpoint)
        index = int(path.stem)
        hashes = [b64_decode(line) for line in hashes]
        entry = tree.entry(index)
        require(verify_leaf_inclusion(entry, index, covered.size, hashes, covered.root), f"{path.name}: inclusion")
    print(f"aics-tlog: {now.size} leaves, {len(proofs)} proofs")


try:
    check()
except (ValueError, OSError) as error:
    print(f"refused: {error}")
    sys.exit(1)
