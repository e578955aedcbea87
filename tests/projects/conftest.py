"""A small world for plans and projects: 芮城县 with its housing office and government, and a county of 柳州 that must see nothing of it.

王敏 keeps the plans of 芮城县, 李强 is her colleague who checks what she entered, 张静 leads the office, 周正 decides for the county's
government, 韦宁 keeps the plans of 柳南区.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

import communities.imports.builtin  # noqa: F401
from communities import actions as register
from communities.models import Community, Import
from offices import actions as offices
from offices.demonstration import Offices
from offices.models import Body, Division, User
from projects import actions
from projects.models import AnnualPlan, Project
from tests.cast import cast

SHANGHAI = dt.timezone(dt.timedelta(hours=8))
AT = dt.datetime(2026, 3, 2, 9, 0, tzinfo=SHANGHAI)
TODAY = AT.date()
DATA = Path(__file__).resolve().parent.parent / "data"


@dataclass(frozen=True)
class World:
    """Divisions, offices and people by name."""

    county: Division
    street: Division
    other: Division
    housing: Body
    government: Body
    wang: User
    li: User
    zhang: User
    zhou: User
    wei: User


def person(username: str, name: str, body: Body, role: str) -> User:
    """A member of a body."""
    user = offices.create_user(
        by=None, at=AT, username=username, name=name, password="long-enough-1", must_change_password=False
    )
    offices.appoint(by=None, at=AT, today=TODAY, user=user, body=body, role=role, since=dt.date(2020, 1, 1))
    return user


@pytest.fixture
def world(db: None, settings: Any, tmp_path: Path) -> World:
    """The small world."""
    settings.MEDIA_ROOT = tmp_path
    city = offices.create_division(by=None, at=AT, name="运城市", kind="city")
    county = offices.create_division(by=None, at=AT, name="芮城县", kind="county", parent=city, rulebook="ruicheng")
    street = offices.create_division(by=None, at=AT, name="古魏镇", kind="street", parent=county)
    liuzhou = offices.create_division(by=None, at=AT, name="柳州市", kind="city", rulebook="liuzhou")
    other = offices.create_division(by=None, at=AT, name="柳南区", kind="county", parent=liuzhou)
    parts = ("leading_group_office", "renovation_authority")
    housing = offices.create_body(
        by=None, at=AT, division=county, kind="housing", name="芮城县住房和城乡建设局", also=parts, phone="0359-3020000"
    )
    government = offices.create_body(by=None, at=AT, division=county, kind="government", name="芮城县人民政府")
    elsewhere = offices.create_body(by=None, at=AT, division=other, kind="housing", name="柳南区住房和城乡建设局")
    return World(
        county, street, other, housing, government,
        person("wangmin", "王敏", housing, "clerk"),
        person("liqiang", "李强", housing, "clerk"),
        person("zhangjing", "张静", housing, "leader"),
        person("zhouzheng", "周正", government, "leader"),
        person("weining", "韦宁", elsewhere, "clerk"),
    )  # fmt: skip


@pytest.fixture(name="offices")
def named_cast(db: None, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Offices:
    """The named cast, at AT."""
    settings.DATA, settings.MEDIA_ROOT = tmp_path, tmp_path / "uploads"
    monkeypatch.setattr("offices.clock.timezone.now", lambda: AT)
    return cast()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[dt.datetime], None]]:
    """Set the clock of the faces; it stands at AT until told otherwise."""

    def put(moment: dt.datetime) -> None:
        monkeypatch.setattr("offices.clock.timezone.now", lambda: moment)

    put(AT)
    yield put


@pytest.fixture
def login(clock: object) -> Callable[[User], Client]:
    """A browser in which someone is signed in."""

    def build(user: User) -> Client:
        client = Client(raise_request_exception=True)
        client.force_login(user, backend="offices.backend.StaffBackend")
        return client

    return build


def table(text: str | None = None, name: str = "芮城县年度计划.csv") -> SimpleUploadedFile:
    """The real table of 芮城's 附件3, or another text."""
    content = (DATA / "ruicheng_plan.csv").read_bytes() if text is None else text.encode()
    return SimpleUploadedFile(name, content)


@pytest.fixture
def bring(world: World) -> Callable[..., Import]:
    """Upload and read a plan table as 王敏 (another with ``by``)."""

    def build(
        text: str | None = None,
        *,
        by: User | None = None,
        division: Division | None = None,
        at: dt.datetime = AT,
        **options: Any,
    ) -> Import:
        source = register.upload_import(
            by=by or world.wang,
            at=at,
            kind="plan",
            division=division or world.county,
            upload=table(text),
            options=options,
        )
        return register.read_import(source=source, at=at)

    return build


@pytest.fixture
def imported(world: World, bring: Callable[..., Import]) -> Import:
    """The real table, applied."""
    return register.apply_import(by=world.wang, at=AT, source=bring())


@pytest.fixture
def plan_of(imported: Import) -> Callable[[int], AnnualPlan]:
    """The imported plan of a year."""
    return lambda year: AnnualPlan.objects.select_related("division").get(year=year)


@pytest.fixture
def add_community(world: World) -> Callable[..., Community]:
    """Enter a community of 芮城县."""

    def build(name: str, **values: Any) -> Community:
        facts = {"built_text": "1998", "household_count": 40, "building_count": 1, "floor_area": "3000.00", **values}
        return register.add_community(
            by=world.wang, at=AT, division=world.county, values={"name": name, **facts}, evidence="普查"
        )

    return build


@pytest.fixture
def add_project(world: World, add_community: Callable[..., Community]) -> Callable[..., Project]:
    """Take a new community into the reserve."""

    def build(name: str, **values: Any) -> Project:
        community = add_community(name, **values)
        return actions.add_project(
            by=world.wang, at=AT, today=TODAY, division=world.county, name=name, communities=[community]
        )

    return build
