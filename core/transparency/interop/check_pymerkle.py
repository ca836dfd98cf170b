"""Checks an exported log with pymerkle (PyPI, GPLv3; a tool of this test only): the tree is built again from the entries.

pymerkle knows trees and no notes; signatures are checked with `cryptography`.

Usage: check_pymerkle.py LOG TRUST. Exit code 0: everything holds; 1: refused, with the reason; 2: not run.
"""
import base64
import hashlib
import struct
import sys
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pymerkle import InmemoryTree

log, trust = Path(sys.argv[1]), Path(sys.argv[2])


def require(holds, why):
    if not holds:
        raise ValueError(why)


def decode(text):
    data = base64.b64decode(text, validate=True)
    require(base64.b64encode(data).decode() == text, f"not canonical base64: {text}")
    return data


def key(vkey):
    name, _, rest = vkey.partition("+")
    data = decode(rest.partition("+")[2])
    return name, hashlib.sha256(name.encode() + b"\n" + data).digest()[:4], Ed25519PublicKey.from_public_bytes(data[1:])


log_name, log_id, log_key = key((trust / "log.vkey").read_text().strip())
witnesses = [key(line) for line in (trust / "witnesses").read_text().split()]
quorum = int((trust / "quorum").read_text())


def opened(note):
    text, _, lines = note.rpartition("\n\n")
    text += "\n"
    signed, confirmed = False, set()
    require(lines.endswith("\n"), "the last line is cut off")
    for line in lines[:-1].split("\n"):
        dash, name, data = line.split(" ")
        require(dash == "\u2014", "a line is no signature")
        data = decode(data)
        if (name, data[:4]) == (log_name, log_id):
            log_key.verify(data[4:], text.encode())
            signed = True
        for at, (witness, witness_id, public) in enumerate(witnesses):
            if (name, data[:4]) == (witness, witness_id):
                (time,) = struct.unpack(">Q", data[4:12])
                public.verify(data[12:], f"cosignature/v1\ntime {time}\n{text}".encode())
                confirmed.add(at)
    require(signed, "not signed by the log")
    require(len(confirmed) >= quorum, f"{len(confirmed)} of {quorum} witnesses")
    origin, size, root, end = text.split("\n")
    require(origin == log_name and end == "" and str(int(size)) == size, "no checkpoint of this log")
    return int(size), decode(root)


def place(n, width):
    path = f"{n % 1000:03}"
    while n >= 1000:
        n //= 1000
        path = f"x{n % 1000:03}/{path}"
    return path if width == 256 else f"{path}.p/{width}"


def entries(size):
    found = []
    for n in range((size + 255) // 256):
        width = min(256, size - 256 * n)
        data, at = (log / "tile/entries" / place(n, width)).read_bytes(), 0
        for _ in range(width):
            require(at + 2 <= len(data), "a bundle is cut off")
            (length,) = struct.unpack_from(">H", data, at)
            require(at + 2 + length <= len(data), "a bundle is cut off")
            found.append(data[at + 2 : at + 2 + length])
            at += 2 + length
        require(at == len(data), "a bundle is too long")
    return found


def range_root(leaves):
    part = InmemoryTree(algorithm="sha256")
    part.append_entries(leaves)
    return part.get_root()


def subproof(leaves, old, start, end, whole):
    """SUBPROOF of RFC 6962 section 2.1.2; pymerkle's own consistency proofs are cut up in another way."""
    size = end - start
    if old == size:
        return [] if whole else [range_root(leaves[start:end])]
    split = 1
    while split * 2 < size:
        split *= 2
    if old <= split:
        return subproof(leaves, old, start, start + split, whole) + [range_root(leaves[start + split : end])]
    return subproof(leaves, old - split, start + split, end, False) + [range_root(leaves[start : start + split])]


def check():
    size, root = opened((log / "checkpoint").read_text())
    old_size, old_root = opened((log / "checkpoint.old").read_text())
    tree = InmemoryTree(algorithm="sha256")
    leaves = entries(size)
    tree.append_entries(leaves)
    require(tree.get_root() == root, "the entries have another root")
    require(tree.get_root(old_size) == old_root, "the old checkpoint is of another history")

    hashes = [tree.get_leaf(index + 1) for index in range(size)]
    level = 0
    while hashes:
        for n in range((len(hashes) + 255) // 256):
            tile = hashes[256 * n : 256 * n + 256]
            name = f"tile/{level}/{place(n, len(tile))}"
            require((log / name).read_bytes() == b"".join(tile), f"{name} is not what the entries make")
        below, span = hashes, 256 ** (level + 1)
        hashes = []
        for n in range(len(below) // 256):
            hashes.append(range_root(leaves[n * span : (n + 1) * span]))
        level += 1

    given = [decode(line) for line in (log / "consistency").read_text().splitlines()]
    require(given == subproof(leaves, old_size, 0, size, True), "consistency")
    proofs = sorted((log / "proofs").glob("*.tlog-proof"))
    require(proofs, "no proofs")
    for path in proofs:
        head, _, checkpoint = path.read_text().partition("\n\n")
        header, index, *hashes = head.split("\n")
        require(header == "c2sp.org/tlog-proof@v1" and index == f"index {path.stem}", f"{path.name}: header or index")
        covered, covered_root = opened(checkpoint)
        wanted = tree.prove_inclusion(int(path.stem) + 1, covered)
        wanted.verify(tree.get_leaf(int(path.stem) + 1), covered_root)
        require(wanted.path[1:] == [decode(line) for line in hashes], f"{path.name}: the path")
    print(f"pymerkle: {size} leaves, {len(proofs)} proofs")


try:
    check()
except InvalidSignature:
    print("refused: a signature is wrong")
    sys.exit(1)
except (ValueError, OSError) as error:
    print(f"refused: {error}")
    sys.exit(1)
