#!/usr/bin/env python3
"""Write the case files of the composed villages: 柳沟村.json, R2-village.json and R5-village.json.

    python3 make_villages.py
    python3 make_villages.py --check            # writes nothing, fails if a file would change
    python3 make_villages.py --avoid words.txt  # also fails if a name stands in words.txt (first word of each line)

Each file registers a village, its people and its rolls; the other case files of this folder build on it. Its form is that of
schemas/case-file.schema.json.

Villages, people and households are invented. 柳沟村 is a common name and villages so called exist; none of them is meant. The
codes begin with 4199, a prefecture that Henan does not have. Names are put together from common surnames and given characters
of the farming year, so that they look made up. They were compared with the names in the dictionaries of jieba 0.42.1, jionlp
1.5.31, segment-dict 2.3.210 and segmentit 2.0.3 (72,842 names in jieba's alone, well-known people of past and present); what
met one is in AVOID.

There is no randomness: what a person is called follows from village and alias by SHA-256. Nothing is needed but Python 3.9.
"""

import argparse
import hashlib
import json
import pathlib
import sys
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

HERE = pathlib.Path(__file__).parent
CHINA = timezone(timedelta(hours=8))
REGISTERED_AT = datetime(2026, 1, 5, 9, 0, tzinfo=CHINA)
MAX_PERSONS = 200

SURNAMES = "王李张刘陈杨黄赵周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯董萧程曹袁邓许傅沈曾彭吕苏"
FIRST = {"m": "禾谷松泉岭田石河仓犁垄柏稻麦槐塘渠埂桐竹", "f": "麦穗桑莲菱荷杏枣棉蒲蓼稻柳槐禾芥苇藕茶榆"}
SECOND = {"m": "生旺顺根庆满喜全收来丰成厚茂实稳耕牧安远", "f": "香英云兰花巧芝苗珍秀翠霞娥萍叶枝蕊青月朵"}
SINGLE = {"m": "垄犁埂仓渠塘稻槐", "f": "穗菱藕苇蕊榆枣苗"}

AVOID = {"郭槐", "张犁", "高仓", "周仓"}


@dataclass(frozen=True)
class Village:
    file: str
    id: str
    title: str
    title_en: str
    note: str
    seed: str
    # What `number` mixes into every choice; empty for the first village, whose names were fixed before there were others.
    salt: str
    # Levels above the village that this file registers, then the village: code, name, kind.
    places: "tuple[tuple[str, str, str], ...]"
    population: int
    adult_villagers: int
    households: int
    groups: int
    party_members: int
    voting_party_members: int
    representatives: int
    women_representatives: int
    party_committee: "tuple[str, ...]"
    village_committee: "tuple[str, ...]"
    # Surnames of the village committee are kept off supervisors and bookkeeper: nobody there is a near relative.
    fixed: "dict[str, tuple[str, str]]"
    authorised: "tuple[str, ...]"
    authorisation: str
    files_households: bool = True
    supervisors: "tuple[str, ...]" = ("sv1", "sv2", "sv3")
    others: "tuple[str, ...]" = ("bk1", "tw1")
    village_posts: "tuple[str, ...]" = field(default=("director", "deputy", "member", "member", "member"))

    @property
    def code(self) -> str:
        return self.places[-1][0]

    @property
    def newcomers(self) -> "list[str]":
        """Members of the village committee who go by an alias of their own, not by that of a party member."""
        return [alias for alias in self.village_committee if not alias.startswith("pm")]

    def number(self, *parts: object) -> int:
        """A large number that depends on the village and the parts and on nothing else."""
        text = "/".join(map(str, ([self.salt] if self.salt else []) + list(parts)))
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")

    def group_of(self, household: int) -> int:
        """Households lie in the groups one after another, as evenly as it goes, the larger groups first."""
        size, larger = divmod(self.households, self.groups)
        return 1 + next(g for g in range(self.groups) if household <= size * (g + 1) + min(g + 1, larger))

    def representative_households(self) -> "list[int]":
        """Distinct households for the representatives, spread over the groups and within each."""
        chosen = []
        seats, more = divmod(self.representatives, self.groups)
        for group in range(1, self.groups + 1):
            members = [h for h in range(1, self.households + 1) if self.group_of(h) == group]
            here = seats + (group <= more)
            apart = min(11, len(members) // here)
            chosen += [
                members[len(members) * seat // here + self.number("seat", group, seat) % apart] for seat in range(here)
            ]
        return chosen


LIUGOU = Village(
    file="柳沟村.json",
    id="liugou",
    title="柳沟村辖区、人员和名册登记",
    title_en="Liugou Village: places, people and rolls",
    note=(
        "Composed: county, town, village and everyone in it are invented. 2,186 people in 562 households and 8 groups, 1,724 of "
        "18 or older; 58 party members, 55 of them voting; 46 representatives, 17 of them women; the representatives' meeting "
        "is 51 strong, so 17 is exactly one third. Made by make_villages.py."
    ),
    seed="8b32eef5-14ad-49b4-9d9a-5f5b6679b17f",
    salt="",
    places=(
        ("419901000000", "示例县", "other"),
        ("419901101000", "白露镇", "town"),
        ("419901101201", "柳沟村", "village"),
    ),
    population=2186,
    adult_villagers=1724,
    households=562,
    groups=8,
    party_members=58,
    voting_party_members=55,
    representatives=46,
    women_representatives=17,
    party_committee=("pm01", "pm02", "pm03", "pm04", "pm05"),
    village_committee=("pm02", "pm03", "vc3", "vc4", "vc5"),
    fixed={
        "pm01": ("陈", "m"), "pm02": ("王", "m"), "pm03": ("李", "m"), "pm04": ("赵", "f"), "pm05": ("孙", "m"),
        "vc3": ("周", "f"), "vc4": ("刘", "m"), "vc5": ("吴", "m"),
        "sv1": ("郑", "m"), "sv2": ("冯", "f"), "sv3": ("彭", "m"), "bk1": ("谢", "f"), "tw1": ("罗", "m"),
    },
    authorised=("V01", "V02", "V03", "V10", "V11", "HN-201", "HN-202", "HN-203", "HN-204", "HN-601", "HN-701", "HN-702"),
    authorisation="柳沟村村民会议关于授权村民代表会议讨论决定有关事项的决定",
)  # fmt: skip

R2 = Village(
    file="R2-village.json",
    id="R2-village",
    title="某村（R2）辖区、人员和名册登记",
    title_en="A village (R2): places, people and rolls",
    note=(
        "The village of R2-候车亭.toml. Its real name, its people and its figures are not used: code, counts, people and rolls "
        "are composed, as small as the law allows. Made by make_villages.py."
    ),
    seed="5dcb15eb-fe66-40f5-972d-2937c14b220c",
    salt="R2",
    places=(("419901102000", "某乡", "township"), ("419901102201", "某村（R2）", "village")),
    population=1126,
    adult_villagers=892,
    households=286,
    groups=6,
    party_members=24,
    voting_party_members=24,
    representatives=30,
    women_representatives=12,
    party_committee=("pm01", "pm02", "pm03"),
    village_committee=("pm02", "vc2", "vc3"),
    fixed={
        "pm01": ("高", "m"), "pm02": ("马", "m"), "pm03": ("何", "f"), "vc2": ("宋", "f"), "vc3": ("许", "m"),
        "sv1": ("袁", "m"), "sv2": ("傅", "m"), "sv3": ("沈", "f"), "bk1": ("曾", "f"), "tw1": ("吕", "m"),
    },
    authorised=("V02", "V03", "V10", "HN-203"),
    authorisation="某村（R2）村民会议关于授权村民代表会议讨论决定有关事项的决定",
    files_households=False,
    village_posts=("director", "member", "member"),
)  # fmt: skip

R5 = Village(
    file="R5-village.json",
    id="R5-village",
    title="某村（R5）辖区、人员和名册登记",
    title_en="A village (R5): places, people and rolls",
    note=(
        "The village of R5-通户路.toml. Of the real one only its size is used, more than 2,000 people; code, counts, people and "
        "rolls are composed. Made by make_villages.py."
    ),
    seed="d6d958c0-ef11-41c6-9b3a-cbf486d6ddf1",
    salt="R5",
    places=(("419901103000", "某镇", "town"), ("419901103201", "某村（R5）", "village")),
    population=2140,
    adult_villagers=1690,
    households=520,
    groups=10,
    party_members=46,
    voting_party_members=44,
    representatives=44,
    women_representatives=17,
    party_committee=("pm01", "pm02", "pm03", "pm04", "pm05"),
    village_committee=("pm02", "pm04", "vc3", "vc4", "vc5"),
    fixed={
        "pm01": ("朱", "m"), "pm02": ("林", "m"), "pm03": ("董", "f"), "pm04": ("程", "m"), "pm05": ("邓", "m"),
        "vc3": ("韩", "f"), "vc4": ("胡", "m"), "vc5": ("郭", "m"),
        "sv1": ("唐", "m"), "sv2": ("曹", "f"), "sv3": ("苏", "m"), "bk1": ("彭", "f"), "tw1": ("杨", "m"),
    },
    authorised=("V02", "V03", "V10", "HN-201"),
    authorisation="某村（R5）村民会议关于授权村民代表会议讨论决定有关事项的决定",
    files_households=False,
)  # fmt: skip

VILLAGES = (LIUGOU, R2, R5)


def name_of(village: Village, alias: str, sex: str, surname: "str | None", taken: "set[str]") -> str:
    for attempt in range(1000):
        def pick(what: str, characters: str) -> str:
            return characters[village.number(alias, what, attempt) % len(characters)]

        family = surname or pick("surname", SURNAMES)
        if village.number(alias, "length", attempt) % 16 == 0:
            name = family + pick("single", SINGLE[sex])
        else:
            name = family + pick("first", FIRST[sex]) + pick("second", SECOND[sex])
        if name not in taken | AVOID and len(set(name)) == len(name):
            taken.add(name)
            return name
    sys.exit(f"no free name for `{alias}`")


def people_of(village: Village) -> "tuple[list[dict], list[dict]]":
    """Everyone who is registered, and the roll of representatives."""
    people, taken = {}, set()

    def person(alias: str, sex: str, surname: "str | None" = None) -> None:
        surname, sex = village.fixed.get(alias, (surname, sex))
        people[alias] = {"person": f"@{alias}", "name": name_of(village, alias, sex, surname, taken), "sex": sex}

    members = [f"pm{i:02}" for i in range(1, village.party_members + 1)]
    for i, alias in enumerate(members):
        person(alias, "f" if i % 4 == 3 else "m")
    for alias in [*village.newcomers, *village.supervisors, *village.others]:
        person(alias, "")

    heads = [f"hh{i:03}" for i in range(1, village.households + 1)] if village.files_households else []
    for alias in heads:
        person(alias, "f" if village.number(alias, "sex") % 5 == 0 else "m")

    representatives = []
    for i, household in enumerate(village.representative_households()):
        alias = f"vr{i + 1:02}"
        woman = i * village.women_representatives % village.representatives < village.women_representatives
        # A man is taken for a son or brother of the head, a woman for a wife or daughter-in-law.
        surname = None if woman or not heads else people[f"hh{household:03}"]["name"][0]
        person(alias, "f" if woman else "m", surname)
        home = {"group": village.group_of(household), "household": f"H{household:03}"}
        representatives.append({"person": f"@{alias}", **home})

    order = members + village.newcomers + [r["person"][1:] for r in representatives]
    order += [*village.supervisors, *village.others] + heads
    return [people[alias] for alias in order], representatives


def rolls_of(village: Village, representatives: "list[dict]") -> "dict[str, list[dict]]":
    voting, members = village.voting_party_members, village.party_members
    party = [{"person": f"@pm01..pm{voting:02}"}]
    if voting < members:
        first = f"@pm{voting + 1:02}"
        party.append({"person": f"{first}..pm{members:02}" if voting + 1 < members else first, "probationary": True})
    posts = zip(village.village_committee, village.village_posts)
    rolls = {
        "party_members": party,
        "party_committee": [
            {"person": f"@{a}", "post": "secretary" if a == "pm01" else "member"} for a in village.party_committee
        ],
        "village_committee": [{"person": f"@{alias}", "post": post} for alias, post in posts],
        "supervisory_committee": [
            {"person": f"@{a}", "post": "head" if a == "sv1" else "member"} for a in village.supervisors
        ],
        "representatives": representatives,
        "bookkeepers": [{"person": "@bk1"}],
    }
    if village.files_households:
        rolls["households"] = [
            {"person": f"@hh{i:03}", "household": f"H{i:03}", "group": village.group_of(i)}
            for i in range(1, village.households + 1)
        ]
    return rolls


def build(village: Village) -> dict:
    acts = []

    def act(who: str, do: str, data: dict, code: str = village.code, events: "list[str] | None" = None) -> None:
        at = REGISTERED_AT + timedelta(minutes=5 * len(acts))
        head = {"at": at.isoformat(), "as": who, "do": do}
        place = {} if code == village.code else {"jurisdiction": code}
        acts.append({**head, **place, "input": data, **({"expect": {"events": events}} if events else {})})

    township, clerk, director = "township_officer:@tw1", "clerk:@bk1", f"village_director:@{village.village_committee[0]}"
    for code, name, kind in village.places:
        registered = ["jurisdiction-registered.v1"]
        act(township, "registerJurisdiction", {"name": name, "kind": kind}, code, registered)
    counts = {key: getattr(village, key) for key in ("population", "adult_villagers", "households")}
    counts["adultVillagers"] = counts.pop("adult_villagers")
    act(township, "countElectorate", counts, events=["electorate-counted.v1"])
    persons, representatives = people_of(village)
    for start in range(0, len(persons), MAX_PERSONS):
        act(clerk, "registerPersons", {"persons": persons[start : start + MAX_PERSONS]})
    for roll, members in rolls_of(village, representatives).items():
        act(clerk, "fileRoll", {"roll": roll, "members": members})
    authorisation = {
        "matters": list(village.authorised),
        "from": "2026-01-01",
        "until": "2030-12-31",
        "by": "assembly",
        "paper": f"paper:{village.authorisation}",
    }
    act(director, "authoriseRepresentatives", authorisation, events=["representatives-authorised.v1"])
    head = {key: getattr(village, key) for key in ("id", "title", "title_en", "note", "seed")}
    return {**head, "village": village.code, "act": acts}


def expanded(members: "list[dict]") -> "list[str]":
    """The aliases of a roll, ranges written out."""
    aliases = []
    for entry in members:
        first, _, last = entry["person"][1:].partition("..")
        if not last:
            aliases.append(first)
            continue
        prefix = first.rstrip("0123456789")
        begin, end = first[len(prefix) :], last[len(prefix) :]
        aliases += [f"{prefix}{i:0{len(begin)}}" for i in range(int(begin), int(end) + 1)]
    return aliases


def check(village: Village, case: dict) -> "list[str]":
    """Asserts the figures that the cases count on; gives the names."""
    acts = case["act"]
    persons = [p for a in acts if a["do"] == "registerPersons" for p in a["input"]["persons"]]
    sexes = {p["person"][1:]: p["sex"] for p in persons}
    names = {p["person"][1:]: p["name"] for p in persons}
    filed = {a["input"]["roll"]: a["input"]["members"] for a in acts if a["do"] == "fileRoll"}
    rolls = {roll: expanded(members) for roll, members in filed.items()}
    assert len(persons) == len(sexes) == len(set(names.values())), "an alias or a name stands twice"
    assert all(person in sexes for roll in rolls.values() for person in roll)
    assert all(len(set(roll)) == len(roll) for roll in rolls.values())
    assert len(rolls["party_members"]) == village.party_members

    committee, two_committees = set(rolls["village_committee"]), set(rolls["party_committee"] + rolls["village_committee"])
    assert any(sexes[p] == "f" for p in committee)
    meeting = committee | set(rolls["representatives"])
    women = sum(1 for p in rolls["representatives"] if sexes[p] == "f")
    assert women == village.women_representatives and 3 * women >= len(meeting)
    assert 5 * len(rolls["representatives"]) >= 4 * len(meeting)
    homes = filed["representatives"]
    assert len({e["household"] for e in homes}) == village.representatives
    assert all(village.group_of(int(e["household"][1:])) == e["group"] for e in homes)
    for group in range(1, village.groups + 1):
        households = sum(1 for h in range(1, village.households + 1) if village.group_of(h) == group)
        seats = sum(1 for e in homes if e["group"] == group)
        assert 5 * seats <= households <= 15 * seats, (group, households, seats)

    watchers = set(rolls["supervisory_committee"])
    assert not watchers & (two_committees | set(rolls["bookkeepers"]))
    others = two_committees | set(rolls["bookkeepers"])
    assert not {names[p][0] for p in watchers} & {names[p][0] for p in others}
    if village.files_households:
        assert len(rolls["households"]) == village.households
    if village is LIUGOU:
        assert len(two_committees) == 8 and len(meeting) == 51 and 3 * women == len(meeting)

    print(village.file)
    for roll, people in rolls.items():
        print(f"  {roll:22} {len(people):4}, women {sum(1 for p in people if sexes[p] == 'f')}")
    print(f"  {'meeting':22} {len(meeting):4}")
    print(f"  {'persons':22} {len(names):4}, women {sum(1 for s in sexes.values() if s == 'f')}")
    return list(names.values())


def render(case: dict) -> str:
    """JSON with one person or one seat to a line, so that a change is one line of a diff."""
    def line(value: object) -> str:
        return json.dumps(value, ensure_ascii=False)

    def of_input(data: dict) -> str:
        fields = []
        for key, value in data.items():
            if isinstance(value, list) and value and isinstance(value[0], dict):
                value = "[\n" + ",\n".join(f"          {line(entry)}" for entry in value) + "\n        ]"
                fields.append(f"        {line(key)}: {value}")
            else:
                fields.append(f"        {line(key)}: {line(value)}")
        return "{\n" + ",\n".join(fields) + "\n      }"

    def of_act(act: dict) -> str:
        fields = [f"      {line(k)}: {of_input(v) if k == 'input' else line(v)}" for k, v in act.items()]
        return "    {\n" + ",\n".join(fields) + "\n    }"

    head = [f"  {line(key)}: {line(value)}" for key, value in case.items() if key != "act"]
    acts = ",\n".join(of_act(act) for act in case["act"])
    return "{\n" + ",\n".join(head) + f',\n  "act": [\n{acts}\n  ]\n}}\n'


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--check", action="store_true", help="compare with the committed files, write nothing")
    arguments.add_argument("--avoid", type=pathlib.Path, help="a word list; fail if a name stands in it")
    given = arguments.parse_args()
    words = set()
    if given.avoid:
        words = {entry.split()[0] for entry in given.avoid.read_text("utf-8").splitlines() if entry.strip()}
    for village in VILLAGES:
        case = build(village)
        met = sorted(words & set(check(village, case)))
        if met:
            sys.exit(f"{village.file}: names of real persons or words: {met}")
        content = render(case)
        assert json.loads(content) == case
        output = HERE / village.file
        if not given.check:
            output.write_text(content, "utf-8")
        elif output.read_text("utf-8") != content:
            sys.exit(f"{output.name} differs from what this script gives")


if __name__ == "__main__":
    main()
