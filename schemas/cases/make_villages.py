#!/usr/bin/env python3
"""Write the case files of the composed villages and communities: 柳沟村.json, 桂苑社区.json and R2- to R8-village.json.

    python3 make_villages.py
    python3 make_villages.py --check            # writes nothing, fails if a file would change
    python3 make_villages.py --avoid words.txt  # also fails if a name stands in words.txt (first word of each line)

Each file registers a village, its people and its rolls; the other case files of this folder build on it. Its form is that of
schemas/case-file.schema.json.

Villages, people and households are invented. 柳沟村 and 桂苑社区 are common names and places so called exist; none of them is
meant. The codes begin with 4199, a prefecture that Henan does not have. Names are put together from common surnames and given characters
of the farming year, so that they look made up. They were compared with the names in the dictionaries of jieba 0.42.1, jionlp
1.5.31, segment-dict 2.3.210 and segmentit 2.0.3 (72,842 names in jieba's alone, well-known people of past and present); what
met one is in AVOID. The names of the collective's members, of 桂苑社区 and of R3, R4, R6, R7 and R8 came later and were compared
with jieba's alone.

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

AVOID = {"郭槐", "张犁", "高仓", "周仓", "孙犁"}


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
    # When the place is entered in the register: before the first act of its cases.
    registered_at: datetime = REGISTERED_AT
    authorised_days: "tuple[str, str]" = ("2026-01-01", "2030-12-31")
    # A community's committee, supervisors and representatives go by the law of residents: no share of women, larger seats.
    community: bool = False
    seat_households: "tuple[int, int]" = (5, 15)
    # Members of the rural collective with full civil capacity, its council and its supervisors.
    collective_members: int = 0
    council: "tuple[str, ...]" = ()
    collective_supervisors: "tuple[str, ...]" = ()
    # Entrances of five floors with two flats each of an estate whose owners decide; the first households own them.
    entrances: "tuple[tuple[int, int], ...]" = ()
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

    def head(self, household: int) -> str:
        """The alias of whoever speaks for a household."""
        return f"hh{household:0{self.digits}}"

    def home(self, household: int) -> str:
        """The number of a household."""
        return f"H{household:0{self.digits}}"

    @property
    def digits(self) -> int:
        return max(3, len(str(self.households)))

    @property
    def flats(self) -> "list[tuple[str, int]]":
        """The units of the estate with their areas in hundredths of a square metre: the larger flat of each floor first."""
        areas = (8640, 7215)
        return [
            (f"{building}-{entrance}-{floor}0{door}", areas[door - 1])
            for building, entrances in self.entrances
            for entrance in range(1, entrances + 1)
            for floor in range(1, 6)
            for door in (1, 2)
        ]

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
        "is 51 strong, so 17 is exactly one third. The collective has 1,540 members with full capacity in the same 562 households. "
        "Made by make_villages.py."
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
    authorised=("V01", "V02", "V03", "V10", "V11", "HN-201", "HN-202", "HN-203", "HN-204", "HN-501", "HN-601", "HN-701", "HN-702"),
    authorisation="柳沟村村民会议关于授权村民代表会议讨论决定有关事项的决定",
    collective_members=1540,
    council=("pm03", "pm06", "vr05", "hh120", "hh305"),
    collective_supervisors=("pm07", "hh064", "hh411"),
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
    authorised=("V02", "V03", "HN-203"),
    authorisation="某村（R2）村民会议关于授权村民代表会议讨论决定有关事项的决定",
    files_households=False,
    registered_at=datetime(2015, 1, 5, 9, 0, tzinfo=CHINA),
    authorised_days=("2015-01-01", "2017-12-31"),
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

GUIYUAN = Village(
    file="桂苑社区.json",
    id="guiyuan",
    title="桂苑社区辖区、人员和名册登记",
    title_en="Guiyuan Community: places, people and rolls",
    note=(
        "Composed: district, subdistrict, community and everyone in it are invented. 2,240 households; a committee of 7, 72 "
        "representatives (one for 31.1 households), so their meeting is 79 strong; an old estate of 400 flats for the decision of "
        "owners in R11-加装电梯.toml. Made by make_villages.py."
    ),
    seed="4f1c9c6e-7f0a-4b53-8f0e-2f7c1e8d9a35",
    salt="guiyuan",
    places=(("419902000000", "示例区", "other"), ("419902001000", "南湖街道", "subdistrict"), ("419902001001", "桂苑社区", "community")),
    population=6310,
    adult_villagers=5120,
    households=2240,
    groups=16,
    party_members=86,
    voting_party_members=84,
    representatives=72,
    women_representatives=31,
    party_committee=("pm01", "pm02", "pm03", "pm04", "pm05"),
    village_committee=("pm02", "pm03", "vc3", "vc4", "vc5", "vc6", "vc7"),
    fixed={
        "pm01": ("宋", "f"), "pm02": ("许", "m"), "pm03": ("曾", "f"), "pm04": ("梁", "m"), "pm05": ("唐", "m"),
        "vc3": ("邓", "f"), "vc4": ("何", "m"), "vc5": ("苏", "f"), "vc6": ("程", "m"), "vc7": ("傅", "f"),
        "sv1": ("韩", "m"), "sv2": ("沈", "f"), "sv3": ("吕", "m"), "bk1": ("袁", "f"), "tw1": ("彭", "m"),
        "gw1": ("曹", "f"),
    },
    authorised=("R02", "R03", "R04", "HN-801", "HN-802", "HN-803"),
    authorisation="桂苑社区居民会议关于授权居民代表会议讨论决定有关事项的决定",
    others=("bk1", "tw1", "gw1"),
    village_posts=("director", "deputy", "member", "member", "member", "member", "member"),
    community=True,
    seat_households=(20, 50),
    entrances=tuple((building, 4) for building in range(1, 11)),
)  # fmt: skip

R3 = Village(
    file="R3-village.json",
    id="R3-village",
    title="某社区（R3）辖区、人员和名册登记",
    title_en="A community (R3): places, people and rolls",
    note=(
        "The community of R3-疏通下水.toml, in 2018. Its real name, its people and its figures are not used: code, counts, people "
        "and rolls are composed, and much smaller than the real ones. Made by make_villages.py."
    ),
    seed="c4a4f6c2-1b4e-4e2f-9d0b-6c1f5a7e3b90",
    salt="R3",
    places=(("419902002000", "某街道", "subdistrict"), ("419902002001", "某社区（R3）", "community")),
    population=432,
    adult_villagers=351,
    households=168,
    groups=4,
    party_members=22,
    voting_party_members=22,
    representatives=12,
    women_representatives=5,
    party_committee=("pm01", "pm02", "pm03"),
    village_committee=("pm02", "vc2", "vc3", "vc4", "vc5"),
    fixed={
        "pm01": ("谢", "f"), "pm02": ("罗", "m"), "pm03": ("周", "m"), "vc2": ("吴", "f"), "vc3": ("孙", "m"),
        "vc4": ("徐", "f"), "vc5": ("高", "m"), "sv1": ("林", "f"), "sv2": ("郭", "m"), "sv3": ("萧", "m"),
        "bk1": ("董", "f"), "tw1": ("冯", "m"),
    },
    authorised=(),
    authorisation="",
    registered_at=datetime(2018, 5, 7, 9, 0, tzinfo=CHINA),
    community=True,
    seat_households=(5, 50),
)  # fmt: skip

R4 = Village(
    file="R4-village.json",
    id="R4-village",
    title="某村（R4）辖区、人员和名册登记",
    title_en="A village (R4): places, people and rolls",
    note=(
        "The village of R4-主干道.toml, in 2012. Its real name, its people and its figures are not used: code, counts, people and "
        "rolls are composed. Made by make_villages.py."
    ),
    seed="0d8f3e57-65b4-4c7a-8a3e-91b7f2c4d6e8",
    salt="R4",
    places=(("419901104000", "某镇", "town"), ("419901104201", "某村（R4）", "village")),
    population=1380,
    adult_villagers=1085,
    households=348,
    groups=6,
    party_members=32,
    voting_party_members=31,
    representatives=33,
    women_representatives=13,
    party_committee=("pm01", "pm02", "pm03"),
    village_committee=("pm02", "pm03", "vc3", "vc4", "vc5"),
    fixed={
        "pm01": ("孙", "m"), "pm02": ("徐", "m"), "pm03": ("郭", "m"), "vc3": ("梁", "f"), "vc4": ("萧", "m"), "vc5": ("许", "m"),
        "sv1": ("唐", "m"), "sv2": ("韩", "m"), "sv3": ("曾", "f"), "bk1": ("吕", "f"), "tw1": ("沈", "m"),
    },
    authorised=("V02", "V03", "HN-201"),
    authorisation="某村（R4）村民会议关于授权村民代表会议讨论决定有关事项的决定",
    files_households=False,
    registered_at=datetime(2012, 2, 6, 9, 0, tzinfo=CHINA),
    authorised_days=("2012-01-01", "2014-12-31"),
)  # fmt: skip

R6 = Village(
    file="R6-village.json",
    id="R6-village",
    title="某社区（R6）辖区、人员和名册登记",
    title_en="A community (R6): places, people and rolls",
    note=(
        "The community of R6-小红花票决.toml. Its real name, its people and its figures are not used: code, counts, people and rolls "
        "are composed. Made by make_villages.py."
    ),
    seed="7b2e9d14-3c6f-4f08-b5a1-e4d29c8057af",
    salt="R6",
    places=(("419902003000", "某街道", "subdistrict"), ("419902003001", "某社区（R6）", "community")),
    population=3420,
    adult_villagers=2790,
    households=1260,
    groups=9,
    party_members=38,
    voting_party_members=38,
    representatives=42,
    women_representatives=19,
    party_committee=("pm01", "pm02", "pm03"),
    village_committee=("pm02", "pm03", "vc3", "vc4", "vc5"),
    fixed={
        "pm01": ("马", "f"), "pm02": ("朱", "m"), "pm03": ("胡", "f"), "vc3": ("黄", "m"), "vc4": ("杨", "f"), "vc5": ("赵", "m"),
        "sv1": ("宋", "f"), "sv2": ("傅", "m"), "sv3": ("邓", "f"), "bk1": ("程", "f"), "tw1": ("曹", "m"),
    },
    authorised=("R04", "HN-801", "HN-803"),
    authorisation="某社区（R6）居民会议关于授权居民代表会议讨论决定有关事项的决定",
    files_households=False,
    community=True,
    seat_households=(20, 50),
)  # fmt: skip

R7 = Village(
    file="R7-village.json",
    id="R7-village",
    title="某村（R7）辖区、人员和名册登记",
    title_en="A village (R7): places, people and rolls",
    note=(
        "The village of R7-村级网站.toml. The model minutes name no real village; code, counts, people and rolls are composed, as "
        "small as the law allows. Made by make_villages.py."
    ),
    seed="e2c71b08-94d5-4a63-8f1d-5b60a7e9c3d2",
    salt="R7",
    places=(("419901106000", "某镇", "town"), ("419901106201", "某村（R7）", "village")),
    population=980,
    adult_villagers=774,
    households=250,
    groups=5,
    party_members=24,
    voting_party_members=23,
    representatives=25,
    women_representatives=10,
    party_committee=("pm01", "pm02", "pm03"),
    village_committee=("pm02", "vc2", "vc3"),
    fixed={
        "pm01": ("何", "m"), "pm02": ("彭", "m"), "pm03": ("苏", "m"), "vc2": ("曾", "f"), "vc3": ("袁", "m"),
        "sv1": ("高", "m"), "sv2": ("宋", "f"), "sv3": ("许", "m"), "bk1": ("沈", "f"), "tw1": ("马", "m"),
    },
    authorised=("V02", "HN-301"),
    authorisation="某村（R7）村民会议关于授权村民代表会议讨论决定有关事项的决定",
    files_households=False,
    village_posts=("director", "member", "member"),
)  # fmt: skip

R8 = Village(
    file="R8-village.json",
    id="R8-village",
    title="某村（R8）辖区、人员和名册登记",
    title_en="A village (R8): places, people and rolls",
    note=(
        "The village of R8-先干后补.toml, in 2021. The real ones lie in Zhejiang and Jiangsu; their names, people and figures are not "
        "used: code, counts, people and rolls are composed, as small as the law allows. Made by make_villages.py."
    ),
    seed="a95d40e6-2f18-4bc9-9e77-0c3d8b1f6a52",
    salt="R8",
    places=(("419901105000", "某镇", "town"), ("419901105201", "某村（R8）", "village")),
    population=1210,
    adult_villagers=968,
    households=310,
    groups=6,
    party_members=28,
    voting_party_members=27,
    representatives=30,
    women_representatives=12,
    party_committee=("pm01", "pm02", "pm03"),
    village_committee=("pm02", "vc2", "vc3"),
    fixed={
        "pm01": ("傅", "m"), "pm02": ("曹", "m"), "pm03": ("谢", "f"), "vc2": ("邓", "f"), "vc3": ("董", "m"),
        "sv1": ("韩", "m"), "sv2": ("程", "f"), "sv3": ("胡", "m"), "bk1": ("吕", "f"), "tw1": ("唐", "m"),
    },
    authorised=("V03", "HN-203", "HN-204"),
    authorisation="某村（R8）村民会议关于授权村民代表会议讨论决定有关事项的决定",
    files_households=False,
    registered_at=datetime(2021, 9, 1, 9, 0, tzinfo=CHINA),
    authorised_days=("2021-01-01", "2025-12-31"),
    village_posts=("director", "member", "member"),
)  # fmt: skip

VILLAGES = (LIUGOU, GUIYUAN, R2, R3, R4, R5, R6, R7, R8)


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

    heads = [village.head(i) for i in range(1, village.households + 1)] if village.files_households else []
    for alias in heads:
        person(alias, "f" if village.number(alias, "sex") % 5 == 0 else "m")

    representatives = []
    for i, household in enumerate(village.representative_households()):
        alias = f"vr{i + 1:02}"
        woman = i * village.women_representatives % village.representatives < village.women_representatives
        # A man is taken for a son or brother of the head, a woman for a wife or daughter-in-law.
        surname = None if woman or not heads else people[village.head(household)]["name"][0]
        person(alias, "f" if woman else "m", surname)
        home = {"group": village.group_of(household), "household": village.home(household)}
        representatives.append({"person": f"@{alias}", **home})

    order = members + village.newcomers + [r["person"][1:] for r in representatives]
    order += [*village.supervisors, *village.others] + heads
    # The members of the collective came last: nobody before them is called otherwise because of them.
    kin = collective_kin(village, order)
    for alias, household in kin.items():
        surname = people[village.head(household)]["name"][0]
        person(alias, "f" if village.number(alias, "sex") % 2 else "m", surname)
    return [people[alias] for alias in order + list(kin)], representatives


def collective_kin(village: Village, others: "list[str]") -> "dict[str, int]":
    """Members of the collective who go by an alias of their own, and their households: one in each, then a second one."""
    known = sum(1 for alias in others if alias.startswith(("pm", "vc", "vr", "hh")))
    rest = max(0, village.collective_members - known)
    return {f"cm{i + 1:03}": i % village.households + 1 for i in range(rest)}


def collective_rolls(village: Village, representatives: "list[dict]", order: "list[str]") -> "dict[str, list[dict]]":
    """The rolls of the collective. Who is not known to live elsewhere lives in a household of the village."""
    homes = {entry["person"][1:]: int(entry["household"][1:]) for entry in representatives}
    homes |= {village.head(i): i for i in range(1, village.households + 1)}
    homes |= collective_kin(village, order)
    members = [alias for alias in order if alias.startswith(("pm", "vc", "vr", "hh", "cm"))]
    entries = []
    for alias in members:
        household = homes.get(alias) or village.number(alias, "home") % village.households + 1
        group = village.group_of(household)
        entries.append({"person": f"@{alias}", "household": village.home(household), "group": group})
    posts = ["director", "deputy"] + ["member"] * len(village.council)
    watchers = ["head"] + ["member"] * len(village.collective_supervisors)
    return {
        "collective_members": entries,
        "collective_council": [{"person": f"@{a}", "post": post} for a, post in zip(village.council, posts)],
        "collective_supervisors": [
            {"person": f"@{a}", "post": post} for a, post in zip(village.collective_supervisors, watchers)
        ],
    }


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
            {"person": f"@{village.head(i)}", "household": village.home(i), "group": village.group_of(i)}
            for i in range(1, village.households + 1)
        ]
    return rolls


def build(village: Village) -> dict:
    acts = []

    def act(who: str, do: str, data: dict, code: str = village.code, events: "list[str] | None" = None) -> None:
        at = village.registered_at + timedelta(minutes=5 * len(acts))
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
    aliases = [person["person"][1:] for person in persons]
    members_of = [person for person in persons if person["person"].startswith("@cm")]
    persons = persons[: len(persons) - len(members_of)]

    def register(some: "list[dict]") -> None:
        for start in range(0, len(some), MAX_PERSONS):
            act(clerk, "registerPersons", {"persons": some[start : start + MAX_PERSONS]})

    def file(rolls: "dict[str, list[dict]]") -> None:
        for roll, members in rolls.items():
            act(clerk, "fileRoll", {"roll": roll, "members": members})

    register(persons)
    file(rolls_of(village, representatives))
    if village.authorised:
        authorisation = {
            "matters": list(village.authorised),
            "from": village.authorised_days[0],
            "until": village.authorised_days[1],
            "by": "assembly",
            "paper": f"paper:{village.authorisation}",
        }
        act(director, "authoriseRepresentatives", authorisation, events=["representatives-authorised.v1"])
    if village.collective_members:
        register(members_of)
        file(collective_rolls(village, representatives, aliases))
    if village.entrances:
        units = [
            {"unit": unit, "owner": f"@{village.head(i)}", "areaDm2": area}
            for i, (unit, area) in enumerate(village.flats, start=1)
        ]
        act(clerk, "fileOwnersRoll", {"units": units})
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
    assert women == village.women_representatives
    assert village.community or (3 * women >= len(meeting) and 5 * len(rolls["representatives"]) >= 4 * len(meeting))
    homes = filed["representatives"]
    assert len({e["household"] for e in homes}) == village.representatives
    assert all(village.group_of(int(e["household"][1:])) == e["group"] for e in homes)
    for group in range(1, village.groups + 1):
        households = sum(1 for h in range(1, village.households + 1) if village.group_of(h) == group)
        seats = sum(1 for e in homes if e["group"] == group)
        least, most = village.seat_households
        assert least * seats <= households <= most * seats, (group, households, seats)

    watchers = set(rolls["supervisory_committee"])
    assert not watchers & (two_committees | set(rolls["bookkeepers"]))
    others = two_committees | set(rolls["bookkeepers"])
    assert not {names[p][0] for p in watchers} & {names[p][0] for p in others}
    if village.files_households:
        assert len(rolls["households"]) == village.households
    if village is LIUGOU:
        assert len(two_committees) == 8 and len(meeting) == 51 and 3 * women == len(meeting)
        assert len(rolls["collective_members"]) == village.collective_members
        homes_of = {e["person"][1:]: e["household"] for e in filed["collective_members"]}
        assert all(homes_of[f"cm{i:03}"] == homes_of[f"hh{i:03}"] for i in range(1, 122)), "no 121 proxies of one household"
        assert len(village.council) % 2 and not set(village.council) & set(village.collective_supervisors)
    if village is GUIYUAN:
        assert len(meeting) == 79 and len(village.flats) == 400

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
