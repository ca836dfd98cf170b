#!/usr/bin/env python3
"""Write 柳沟村-rolls.json: the people of the composed village 柳沟村 and the rolls they stand on.

    python3 make_liugou.py
    python3 make_liugou.py --check            # writes nothing, fails if the file would change
    python3 make_liugou.py --avoid words.txt  # also fails if a name stands in words.txt (first word of each line)

Village, people and households are invented. The name of the village is a common one and villages so called exist;
none of them is meant. Names are put together from common surnames and given characters of the farming year, so that
they look made up. They were compared with the names in the dictionaries of jieba 0.42.1, jionlp 1.5.31, segment-dict 2.3.210
and segmentit 2.0.3 (72,842 names in jieba's alone, well-known people of past and present); what met one is in AVOID.

There is no randomness: what a person is called follows from the alias by SHA-256. Nothing is needed but Python 3.9.
"""

import argparse
import hashlib
import json
import pathlib
import sys

OUTPUT = pathlib.Path(__file__).with_name("柳沟村-rolls.json")

VILLAGE = {
    "name": "柳沟村",
    "composed": True,
    "population": 2186,
    "households": 562,
    "adult_villagers": 1724,
    "collective_members": 1540,
    "groups": 8,
}
PARTY_MEMBERS, VOTING_PARTY_MEMBERS = 58, 55
REPRESENTATIVES, WOMEN_REPRESENTATIVES = 46, 17

# Aliases as the cases use them. vc1 and vc2 sit in both committees and go by their party aliases.
PARTY_COMMITTEE = ["pm01", "pm02", "pm03", "pm04", "pm05"]
VILLAGE_COMMITTEE = ["pm02", "pm03", "vc3", "vc4", "vc5"]
SUPERVISORS = ["sv1", "sv2", "sv3"]
BOOKKEEPER, TOWNSHIP_OFFICER = "bk1", "tw1"

# Village-committee surnames are kept off the supervisors and the bookkeeper: nobody there is a near relative.
FIXED_SURNAMES = {
    "pm01": "陈", "pm02": "王", "pm03": "李", "pm04": "赵", "pm05": "孙",
    "vc3": "周", "vc4": "刘", "vc5": "吴",
    "sv1": "郑", "sv2": "冯", "sv3": "彭", "bk1": "谢", "tw1": "罗",
}  # fmt: skip
FIXED_SEXES = {
    "pm01": "m", "pm02": "m", "pm03": "m", "pm04": "f", "pm05": "m",
    "vc3": "f", "vc4": "m", "vc5": "m",
    "sv1": "m", "sv2": "f", "sv3": "m", "bk1": "f", "tw1": "m",
}  # fmt: skip

SURNAMES = "王李张刘陈杨黄赵周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯董萧程曹袁邓许傅沈曾彭吕苏"
FIRST = {"m": "禾谷松泉岭田石河仓犁垄柏稻麦槐塘渠埂桐竹", "f": "麦穗桑莲菱荷杏枣棉蒲蓼稻柳槐禾芥苇藕茶榆"}
SECOND = {"m": "生旺顺根庆满喜全收来丰成厚茂实稳耕牧安远", "f": "香英云兰花巧芝苗珍秀翠霞娥萍叶枝蕊青月朵"}
SINGLE = {"m": "垄犁埂仓渠塘稻槐", "f": "穗菱藕苇蕊榆枣苗"}

AVOID = {"郭槐", "张犁", "高仓", "周仓"}


def number(*parts: object) -> int:
    """A large number that depends on the parts and on nothing else."""
    return int.from_bytes(hashlib.sha256("/".join(map(str, parts)).encode()).digest()[:8], "big")


def name_of(alias: str, sex: str, surname: "str | None", taken: "set[str]") -> str:
    for attempt in range(1000):
        def pick(what: str, characters: str) -> str:
            return characters[number(alias, what, attempt) % len(characters)]

        family = surname or pick("surname", SURNAMES)
        if number(alias, "length", attempt) % 16 == 0:
            name = family + pick("single", SINGLE[sex])
        else:
            name = family + pick("first", FIRST[sex]) + pick("second", SECOND[sex])
        if name not in taken | AVOID and len(set(name)) == len(name):
            taken.add(name)
            return name
    sys.exit(f"no free name for `{alias}`")


def group_of(household: int) -> int:
    """Households 1 to 562 lie in groups 1 to 8 one after another: two groups of 71, six of 70."""
    return 1 + next(g for g in range(8) if household <= 70 * (g + 1) + min(g + 1, 2))


def representative_households() -> "list[int]":
    """46 distinct households: six in each of groups 1 to 6, five in groups 7 and 8, spread over the group."""
    chosen = []
    for group in range(1, 9):
        members = [h for h in range(1, VILLAGE["households"] + 1) if group_of(h) == group]
        seats = 6 if group <= 6 else 5
        chosen += [members[len(members) * seat // seats + number("seat", group, seat) % 11] for seat in range(seats)]
    return chosen


def build() -> dict:
    people, taken = {}, set()

    def person(alias: str, sex: str, surname: "str | None" = None) -> None:
        sex = FIXED_SEXES.get(alias, sex)
        surname = FIXED_SURNAMES.get(alias, surname)
        people[alias] = {"alias": alias, "name": name_of(alias, sex, surname, taken), "sex": sex}

    members = [f"pm{i:02}" for i in range(1, PARTY_MEMBERS + 1)]
    for i, alias in enumerate(members):
        person(alias, "f" if i % 4 == 3 else "m")
    for alias in VILLAGE_COMMITTEE[2:] + SUPERVISORS + [BOOKKEEPER, TOWNSHIP_OFFICER]:
        person(alias, "")

    heads = [f"hh{i:03}" for i in range(1, VILLAGE["households"] + 1)]
    for alias in heads:
        person(alias, "f" if number(alias, "sex") % 5 == 0 else "m")

    representatives = []
    for i, household in enumerate(representative_households()):
        alias = f"vr{i + 1:02}"
        woman = i * WOMEN_REPRESENTATIVES % REPRESENTATIVES < WOMEN_REPRESENTATIVES
        # A man is taken for a son or brother of the head, a woman for a wife or daughter-in-law.
        person(alias, "f" if woman else "m", None if woman else people[f"hh{household:03}"]["name"][0])
        representatives.append({"person": alias, "group": group_of(household), "household": f"H{household:03}"})

    order = members + VILLAGE_COMMITTEE[2:] + [r["person"] for r in representatives]
    order += SUPERVISORS + [BOOKKEEPER, TOWNSHIP_OFFICER] + heads
    voting = set(members[:VOTING_PARTY_MEMBERS])
    village_posts = ["director", "deputy", "member", "member", "member"]
    return {
        "village": VILLAGE,
        "persons": [people[alias] for alias in order],
        "rolls": {
            "party_members": [{"person": a} if a in voting else {"person": a, "probationary": True} for a in members],
            "party_committee": [
                {"person": a, "post": "secretary" if a == "pm01" else "member"} for a in PARTY_COMMITTEE
            ],
            "village_committee": [{"person": a, "post": p} for a, p in zip(VILLAGE_COMMITTEE, village_posts)],
            "supervisory_committee": [
                {"person": a, "post": "head" if a == "sv1" else "member"} for a in SUPERVISORS
            ],
            "representatives": representatives,
            "bookkeepers": [{"person": BOOKKEEPER}],
            "households": [
                {"person": a, "household": f"H{i:03}", "group": group_of(i)} for i, a in enumerate(heads, start=1)
            ],
        },
    }


def check(village: dict) -> None:
    sexes = {p["alias"]: p["sex"] for p in village["persons"]}
    names = [p["name"] for p in village["persons"]]
    rolls = {roll: [entry["person"] for entry in entries] for roll, entries in village["rolls"].items()}
    assert len(sexes) == len(names) == len(set(names)), "an alias or a name stands twice"
    assert all(person in sexes for roll in rolls.values() for person in roll)
    assert all(len(set(roll)) == len(roll) for roll in rolls.values())

    assert len(rolls["party_members"]) == PARTY_MEMBERS
    assert sum(1 for e in village["rolls"]["party_members"] if "probationary" not in e) == VOTING_PARTY_MEMBERS
    two_committees = set(rolls["party_committee"]) | set(rolls["village_committee"])
    assert len(two_committees) == 8
    assert any(sexes[p] == "f" for p in rolls["village_committee"])

    meeting = set(rolls["village_committee"]) | set(rolls["representatives"])
    assert len(meeting) == 51 and len(rolls["representatives"]) == REPRESENTATIVES
    women = sum(1 for p in rolls["representatives"] if sexes[p] == "f")
    assert women == WOMEN_REPRESENTATIVES and 3 * women >= len(meeting)
    assert 5 * len(rolls["representatives"]) >= 4 * len(meeting)
    homes = village["rolls"]["representatives"]
    assert len({e["household"] for e in homes}) == REPRESENTATIVES
    known = {(e["household"], e["group"]) for e in village["rolls"]["households"]}
    assert all((e["household"], e["group"]) in known for e in homes)
    for group in range(1, 9):
        households = sum(1 for _, g in known if g == group)
        seats = sum(1 for e in homes if e["group"] == group)
        assert 5 * seats <= households <= 15 * seats, (group, households, seats)

    watchers = set(rolls["supervisory_committee"])
    assert not watchers & (two_committees | set(rolls["bookkeepers"]))
    surname = {p["alias"]: p["name"][0] for p in village["persons"]}
    assert not {surname[p] for p in watchers} & {surname[p] for p in two_committees | set(rolls["bookkeepers"])}
    assert len(rolls["households"]) == VILLAGE["households"]

    for roll, people in rolls.items():
        print(f"{roll:22} {len(people):4}, women {sum(1 for p in people if sexes[p] == 'f')}")
    print(f"{'persons':22} {len(names):4}, women {sum(1 for s in sexes.values() if s == 'f')}")


def render(village: dict) -> str:
    """JSON with one person or one seat to a line, so that a change is one line of a diff."""
    def line(value: object) -> str:
        return json.dumps(value, ensure_ascii=False)

    def listed(entries: list, indent: str) -> str:
        return "[\n" + ",\n".join(f"{indent}  {line(e)}" for e in entries) + f"\n{indent}]"

    rolls = ",\n".join(f"    {line(roll)}: {listed(entries, '    ')}" for roll, entries in village["rolls"].items())
    return (
        f'{{\n  "village": {line(village["village"])},\n'
        f'  "persons": {listed(village["persons"], "  ")},\n'
        f'  "rolls": {{\n{rolls}\n  }}\n}}\n'
    )


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--check", action="store_true", help="compare with the committed file, write nothing")
    arguments.add_argument("--avoid", type=pathlib.Path, help="a word list; fail if a name stands in it")
    given = arguments.parse_args()
    village = build()
    check(village)
    if given.avoid:
        words = {entry.split()[0] for entry in given.avoid.read_text("utf-8").splitlines() if entry.strip()}
        met = [p for p in village["persons"] if p["name"] in words]
        if met:
            sys.exit(f"names of real persons or words: {met}")
    content = render(village)
    assert json.loads(content) == village
    if given.check:
        if OUTPUT.read_text("utf-8") != content:
            sys.exit(f"{OUTPUT.name} differs from what this script gives")
    else:
        OUTPUT.write_text(content, "utf-8")


if __name__ == "__main__":
    main()
