"""The government side of the demonstration: places of all five documents with their bodies and one account of each role.

Codes are GB/T 2260 (民政部《中华人民共和国行政区划代码》, edition of 2023). People and telephone numbers are invented.
"""

import datetime as dt
from dataclasses import dataclass, field

from django.contrib.auth.hashers import make_password

from offices import actions
from offices.models import Body, Division, Membership, User

PASSWORD = "Yanshi-2026!"  # never present in production: the command that builds this refuses there
Tree = tuple[str, str, str | None, str, tuple["Tree", ...]]
AREA_CODES = {"1408": "0359", "1404": "0355", "14": "0351", "4502": "0772", "4509": "0775", "45": "0771", "36": "0791"}

# (name, kind, code, rulebook, children)
TREES: tuple[Tree, ...] = (
    ("山西省", "province", "140000", "", (
        ("运城市", "city", "140800", "", (
            ("芮城县", "county", "140830", "ruicheng", (
                ("古魏镇", "street", None, "", (
                    ("洞宾社区", "neighbourhood", None, "", ()), ("永乐社区", "neighbourhood", None, "", ()),
                )),
            )),
        )),
        ("长治市", "city", "140400", "changzhi", (
            ("潞州区", "county", "140403", "", (
                ("英雄南路街道", "street", None, "", (("东营社区", "neighbourhood", None, "", ()),)),
            )),
        )),
    )),
    ("广西壮族自治区", "province", "450000", "", (
        ("柳州市", "city", "450200", "liuzhou", (
            ("城中区", "county", "450202", "", (
                ("城中街道", "street", None, "", (("映山社区", "neighbourhood", None, "", ()),)),
            )),
            ("柳北区", "county", "450205", "", (
                ("解放街道", "street", None, "", (("胜利社区", "neighbourhood", None, "", ()),)),
            )),
            ("柳东新区", "functional_zone", None, "", ()),
        )),
        ("玉林市", "city", "450900", "yulin", (
            ("玉州区", "county", "450902", "", (
                ("玉城街道", "street", None, "", (("东明社区", "neighbourhood", None, "", ()),)),
            )),
        )),
    )),
    ("江西省", "province", "360000", "jiangxi", (
        ("南昌市", "city", "360100", "", (
            ("东湖区", "county", "360102", "", (
                ("百花洲街道", "street", None, "", (("八大山人社区", "neighbourhood", None, "", ()),)),
            )),
        )),
    )),
)  # fmt: skip

# Offices of each county and city: kind, name with {place}, parts it plays besides.
COUNTY_BODIES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("housing", "{place}住房和城乡建设局", ("leading_group_office", "renovation_authority")),
    ("government", "{place}人民政府", ()),
    ("development_reform", "{place}发展和改革局", ()),
    ("finance", "{place}财政局", ()),
    ("natural_resources", "{place}自然资源局", ()),
    ("public_security", "{place}公安局", ()),
    ("fire", "{place}消防救援大队", ()),
)
CITY_BODIES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("housing", "{place}住房和城乡建设局", ("leading_group_office", "renovation_authority")),
    ("government", "{place}人民政府", ()),
    ("development_reform", "{place}发展和改革委员会", ()),
    ("finance", "{place}财政局", ()),
    ("audit", "{place}审计局", ()),
    ("power", "{place}供电局", ()),
    ("water", "{place}自来水公司", ()),
    ("gas", "{place}燃气公司", ()),
    ("telecom", "{place}通信管理办公室", ()),
    ("cable_tv", "{place}广电网络公司", ()),
)
ROLES = ("clerk", "approver", "leader")
PINYIN = {
    "芮城县": "ruicheng", "运城市": "yuncheng", "长治市": "changzhi", "潞州区": "luzhou", "柳州市": "liuzhou", "城中区": "chengzhong",
    "柳北区": "liubei", "柳东新区": "liudong", "玉林市": "yulin", "玉州区": "yuzhou", "南昌市": "nanchang", "东湖区": "donghu",
    "山西省": "shanxi", "广西壮族自治区": "guangxi", "江西省": "jiangxi",
}  # fmt: skip
GIVEN = (
    "建国 秀兰 志强 丽华 海燕 国庆 晓东 玉梅 文斌 春霞 立新 慧敏 永红 俊杰 桂芳 少华 雪莲 振宇 淑珍 卫东 彩云 德明 静怡"
).split()  # fmt: skip
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章"


@dataclass
class Offices:
    """Everything by its Chinese name; users by user name."""

    divisions: dict[str, Division] = field(default_factory=dict)
    bodies: dict[str, Body] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)

    def body(self, place: str, kind: str) -> Body:
        """The body of a kind in a place."""
        return next(b for b in self.bodies.values() if b.division.name == place and b.kind == kind)

    def user(self, place: str, kind: str, role: str) -> User:
        """The account of a role in a body: ``ruicheng.housing.clerk``."""
        return self.users[f"{PINYIN[place]}.{kind}.{role}"]


def build_offices(*, at: dt.datetime, today: dt.date, password: str = PASSWORD) -> Offices:
    """Divisions, bodies and accounts; what stands already is left as it is."""
    built = Offices()
    for tree in TREES:
        _division(built, tree, None, at)
    for division in list(built.divisions.values()):
        rows = {"city": CITY_BODIES, "county": COUNTY_BODIES, "functional_zone": COUNTY_BODIES[:2]}.get(
            division.kind, ()
        )
        for kind, name, also in rows:
            _body(built, division, kind, name.format(place=division.name), also, at)
    _accounts(built, at, today, password)
    return built


def _division(built: Offices, tree: Tree, parent: Division | None, at: dt.datetime) -> None:
    name, kind, code, rulebook, children = tree
    division = Division.objects.filter(name=name, parent=parent).first() or actions.create_division(
        by=None, at=at, name=name, kind=kind, parent=parent, code=code, rulebook=rulebook
    )
    built.divisions[name] = division
    for child in children:
        _division(built, child, division, at)


def _body(built: Offices, division: Division, kind: str, name: str, also: tuple[str, ...], at: dt.datetime) -> None:
    body = Body.objects.filter(division=division, name=name).select_related("division").first()
    built.bodies[name] = body or actions.create_body(
        by=None, at=at, division=division, kind=kind, name=name, also=also, phone=f"{area_code(division)}-1234567"
    )


def area_code(division: Division) -> str:
    """The telephone's area code of a division: its city's, else its province's capital's."""
    code = division.code or (division.city.code if division.city else "") or ""
    return AREA_CODES.get(code[:4]) or AREA_CODES.get(code[:2], "0000")


def _accounts(built: Offices, at: dt.datetime, today: dt.date, password: str) -> None:
    hashed = make_password(password)
    number = 0
    for body in list(built.bodies.values()):
        for role in ROLES:
            number += 1
            _account(
                built,
                body,
                role,
                f"{PINYIN[body.division.name]}.{body.kind}.{role}",
                number,
                at,
                today,
                password,
                hashed,
            )
    for place in ("运城市", "长治市", "柳州市", "玉林市", "南昌市"):
        for kind, role in (
            ("housing", "system_admin"),
            ("housing", "security_admin"),
            ("housing", "audit_admin"),
            ("audit", "auditor"),
        ):
            number += 1
            _account(
                built, built.body(place, kind), role, f"{PINYIN[place]}.{role}", number, at, today, password, hashed
            )


def _account(
    built: Offices,
    body: Body,
    role: str,
    username: str,
    number: int,
    at: dt.datetime,
    today: dt.date,
    password: str,
    hashed: str,
) -> None:
    """One account; e-mail for the housing offices alone, so that a demonstration does not write a letter to everybody."""
    email = f"{username}@example.org" if body.kind == "housing" else ""
    name = SURNAMES[number % len(SURNAMES)] + GIVEN[number * 7 % len(GIVEN)]
    user = User.objects.filter(username=username).first() or actions.create_user(
        by=None,
        at=at,
        username=username,
        name=name,
        password=password,
        email=email,
        must_change_password=False,
        hashed=hashed,
    )
    if not Membership.objects.filter(user=user, body=body, role=role, active=True).exists():
        actions.appoint(by=None, at=at, today=today, user=user, body=body, role=role)
    built.users[username] = user
