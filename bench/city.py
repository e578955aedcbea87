"""The synthetic city: 20,000 communities with 1,000,000 homes, 100,000 projects with 800,000 deadlines and their purses. Seeded by
arithmetic and written set by set, so that it stands in a minute or two and is the same each time."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import connection, models

from communities.models import Building, Community, Home
from funding.models import Account, Fund, FundingSource
from offices.demonstration import Offices
from offices.models import Body, Division, Duty, Membership, User
from offices.triggers import lifted
from projects.models import AnnualPlan, MonthReport, PlanLine, Project, ProjectCommunity, StageDay
from tests.cast import cast

COMMUNITIES, PER_COMMUNITY, BUILDINGS, HOMES, DUTIES, YEARS = 20_000, 5, 3, 50, 8, 10
COUNTIES, STREETS, NEIGHBOURHOODS = 10, 10, 20
LEVELS = ("division", "province", "city", "county", "street", "neighbourhood")
AT = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.timezone(dt.timedelta(hours=8)))
NAMES = (
    ("阳光", "yangguang", "yg"), ("胜利", "shengli", "sl"), ("建设", "jianshe", "js"), ("和平", "heping", "hp"),
    ("文化", "wenhua", "wh"), ("新华", "xinhua", "xh"), ("光明", "guangming", "gm"), ("友谊", "youyi", "yy"),
    ("东风", "dongfeng", "df"), ("红旗", "hongqi", "hq"), ("人民", "renmin", "rm"), ("解放", "jiefang", "jf"),
    ("江滨", "jiangbin", "jb"), ("龙城", "longcheng", "lc"), ("桂中", "guizhong", "gz"), ("柳江", "liujiang", "lj"),
    ("鱼峰", "yufeng", "yf"), ("马鞍", "maan", "ma"), ("雅儒", "yaru", "yr"),
)  # fmt: skip
KINDS = (
    ("小区", "xiaoqu", "xq"), ("花园", "huayuan", "hy"), ("新村", "xincun", "xc"), ("大院", "dayuan", "dy"),
    ("住宅区", "zhuzhaiqu", "zzq"),
)  # fmt: skip
# By how many years the plan year lies behind: the stages its projects are in.
STAGES = {
    0: ("approved", "designed", "reviewed", "works", "works"), 1: ("works", "works", "accepted", "accepted", "closed"),
    2: ("accepted", "closed", "closed", "aftercare", "aftercare"),
}  # fmt: skip
MILESTONES = (
    ("LZ-07", "opinion_survey", "must"), ("LZ-09", "scheme_design", "in_principle"), ("LZ-10", "project_approval", "must"),
    ("LZ-11", "start", "must"), ("LZ-12", "municipal_works", "strive"), ("LZ-13", "substantial_completion", "strive"),
    ("LZ-14", "completion", "must"), ("LZ-15", "archive", "in_principle"),
)  # fmt: skip


@dataclass
class City:
    """What stands: the city, its first county, who looks, and how many there are of each."""

    offices: Offices
    city: Division
    county: Division
    leader: User
    clerk: User
    communities: int


def _literal(field: Any) -> str:
    """SQL of what a column holds when nobody says anything."""
    if isinstance(field, models.DateTimeField) and not field.null:
        return f"'{AT.isoformat()}'"
    if field.null:
        return "NULL"
    if isinstance(field, models.JSONField):
        return "'{}'" if field.default is dict else "'[]'"
    default = field.get_default()
    if default is None:
        raise ValueError(f"{field} needs a value")
    return "'" + str(default).replace("'", "''") + "'"


def insert(cursor: Any, model: type[models.Model], source: str, **given: str) -> None:
    """INSERT … SELECT of a whole table: ``given`` are SQL expressions over ``source``; every other column gets its default."""
    columns, values = [], []
    for field in model._meta.concrete_fields:
        if field.primary_key and field.attname not in given:
            continue
        columns.append(f'"{field.column}"')
        values.append(given.get(field.attname) or _literal(field))
    cursor.execute(
        f'INSERT INTO "{model._meta.db_table}" ({", ".join(columns)}) SELECT {", ".join(values)} FROM {source}'
    )


def _uid(word: str, number: str) -> str:
    return f"md5('{word}' || {number})::uuid"


def _one_of(words: Any, number: str) -> str:
    listed = ", ".join(f"'{word}'" for word in words)
    return f"(ARRAY[{listed}])[1 + ({number}) % {len(words)}]"


def _places(city: Division) -> list[Division]:
    """Ten counties of ten streets of twenty neighbourhoods below the city; returns the neighbourhoods."""
    level = [city]
    for kind, number, word in (
        ("county", COUNTIES, "新{}区"),
        ("street", STREETS, "第{}街道"),
        ("neighbourhood", NEIGHBOURHOODS, "第{}社区"),
    ):
        rows = []
        for parent in level:
            for each in range(1, number + 1):
                row = Division(
                    name=word.format(each), kind=kind, parent=parent, governed_by=city.governed_by, created_at=AT, updated_at=AT
                )  # fmt: skip
                for above in ("province", "city", "county", "street"):
                    setattr(row, f"{above}_id", getattr(parent, f"{above}_id"))
                rows.append(row)
        level = Division.objects.bulk_create(rows, batch_size=1000)
        Division.objects.filter(pk__in=[row.pk for row in level]).update(**{f"{kind}_id": models.F("pk")})
        level = list(Division.objects.filter(pk__in=[row.pk for row in level]).order_by("pk"))
    return level


def _people(counties: list[Division]) -> User:
    """A housing bureau with its clerk in each new county; returns the first one."""
    clerks = []
    for number, county in enumerate(counties, start=1):
        body = Body.objects.create(
            division=county, kind="housing", also=["leading_group_office", "renovation_authority"], name=f"{county.name}住房和城乡建设局",
            created_at=AT, updated_at=AT,
        )  # fmt: skip
        clerk = User.objects.create(username=f"bench.{number}.clerk", name="经办")
        Membership.objects.create(
            user=clerk, body=body, role="clerk", since=AT.date(), created_at=AT, updated_at=AT
        )  # fmt: skip
        clerks.append(clerk)
    return clerks[0]


def seed(scale: float, today: dt.date, *, whole: bool = True) -> City:
    """Everything of the city, ``scale`` times as many; the guards stand aside meanwhile. Not ``whole``: without plans and money."""
    offices = cast()
    city = offices.divisions["柳州市"]
    places = _places(city)
    counties = list(Division.objects.filter(parent=city, name__startswith="新").order_by("pk"))
    clerk = _people(counties)
    communities = max(int(COMMUNITIES * scale), 200)
    with lifted(connection), connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("SET synchronous_commit = off")
        cursor.execute("SET maintenance_work_mem = '256MB'")
        _communities(cursor, communities, places)
        _projects(cursor, city, today)
        _deadlines(cursor, today)
        if whole:
            _plans(cursor, counties, today)
            _money(cursor, city, clerk, today)
        cursor.execute("SET session_replication_role = DEFAULT")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return City(offices, city, counties[0], offices.user("柳州市", "housing", "leader"), clerk, communities)


def _communities(cursor: Any, number: int, places: list[Division]) -> None:
    """Communities spread over the neighbourhoods, with buildings and homes."""
    name = f"{_one_of([row[0] for row in NAMES], 'n')} || {_one_of([row[0] for row in KINDS], 'n / 19')} || (1 + n / 95) || '号'"
    spoken = f"{_one_of([row[1] for row in NAMES], 'n')} || {_one_of([row[1] for row in KINDS], 'n / 19')}"
    initials = f"{_one_of([row[2] for row in NAMES], 'n')} || {_one_of([row[2] for row in KINDS], 'n / 19')}"
    above = {f"{level}_id": f"d.{level}_id" for level in ("province", "city", "county", "street", "neighbourhood")}
    insert(
        cursor, Community,
        f"(SELECT n, {name} AS name, {spoken} || ' ' || {initials} AS said FROM generate_series(0, {number - 1}) n) g "
        f"JOIN offices_division d ON d.id = {places[0].pk} + (n * 7919::bigint) % {len(places)}",
        uid=_uid("community", "n"), division_id="d.id", **above, name="g.name", address="'柳江路' || n || '号'",
        built_text="(1975 + n % 30)::text", built_from="1975 + n % 30", built_to="1975 + n % 30",
        building_count=str(BUILDINGS), household_count=f"CASE WHEN n % 41 = 0 THEN NULL ELSE {HOMES} END",
        floor_area=f"{HOMES} * (5000 + n % 6000)", name_key="g.name", address_key="'柳江路' || n || '号'",
        search_text="g.name || ' ' || g.said || ' 柳江路' || n || '号'", in_town="true", surveyed_on="'2021-05-01'",
        property_right=_one_of(("commodity", "reformed", "unit_owned", "mixed"), "n"),
        updated_at=f"'{AT.isoformat()}'::timestamptz + n * interval '1.000123 second'",
    )  # fmt: skip
    table, buildings = Community._meta.db_table, Building._meta.db_table
    insert(
        cursor, Building, f"{table} c, generate_series(1, {BUILDINGS}) b",
        uid=_uid("building", "c.id || '-' || b"), community_id="c.id", name="b || '栋'", built_text="c.built_text",
        floors="6", units="3", structure="'砖混'",
    )  # fmt: skip
    insert(
        cursor, Home, f"{buildings} b, generate_series(0, {HOMES // BUILDINGS + 1}) h WHERE (b.id * 17 + h) % {BUILDINGS * 17 + 2} < 50",
        uid=_uid("home", "b.id || '-' || h"), building_id="b.id", unit="(1 + h / 6)::text", room="(101 + (h % 6) * 100)::text || h",
        floor="1 + h % 6", private_area="4000 + (b.id * 7919 + h * 10473) % 9000", area_source="'register'",
    )  # fmt: skip


def _projects(cursor: Any, city: Division, today: dt.date) -> None:
    """Five projects a community over the plan years; one in twenty still in the reserve."""
    last = max(STAGES)
    stage = "CASE WHEN n % 20 = 19 THEN 'reserve' " + " ".join(
        f"WHEN {today.year} - year {'>=' if behind == last else '='} {behind} THEN {_one_of(words, 'n / 10')}"
        for behind, words in STAGES.items()
    ) + " END"  # fmt: skip
    insert(
        cursor, Project,
        f"(SELECT n, {today.year} - (n % {YEARS})::int AS year, c.* FROM {Community._meta.db_table} c, "
        f"LATERAL (SELECT (c.id * {PER_COMMUNITY} + p) AS n FROM generate_series(0, {PER_COMMUNITY - 1}) p) s) g",
        uid=_uid("project", "n"), **{f"{level}_id": f"{level}_id" for level in LEVELS},
        name="name || '改造项目' || n", plan_year="CASE WHEN n % 20 = 19 THEN NULL ELSE year END", stage=stage,
        published="n % 20 <> 19", rulebook=f"'{city.governed_by}'", national_task="n % 2 = 0", investment="100000000 + (n % 977) * 1234567",
        works=_one_of(('["water", "road"]', '["power", "gas", "elevator"]', "[]"), "n") + "::jsonb",
        implementing_body_id="(SELECT b.id FROM offices_body b WHERE b.division_id = county_id AND b.kind = 'housing' LIMIT 1)",
        reported_on=f"DATE '{today}' - (n % 60)::int", version="1 + n % 7", created_at=f"'{AT.isoformat()}'",
        updated_at=f"'{AT.isoformat()}'::timestamptz + n * interval '1.000123 second'",
    )  # fmt: skip
    projects = Project._meta.db_table
    cursor.execute(  # the number at the end of a project's name was made from its community's
        f"INSERT INTO {ProjectCommunity._meta.db_table} (project_id, community_id) "
        f"SELECT id, substring(name FROM '[0-9]+$')::bigint / {PER_COMMUNITY} FROM {projects}"
    )
    planned = "make_date(plan_year, 1, 15) + s.days"
    insert(
        cursor, StageDay, f"{projects} p, (VALUES ('approved', 0), ('works', 120), ('accepted', 300)) s(stage, days) WHERE plan_year > 0",
        project_id="p.id", stage="s.stage", planned_on=planned,
        actual_on=f"CASE WHEN {planned} < DATE '{today}' THEN {planned} + (p.id % 9)::int END",
    )  # fmt: skip
    insert(
        cursor, MonthReport, f"{projects} p WHERE stage = 'works'", uid=_uid("report", "p.id"), project_id="p.id",
        month=f"date_trunc('month', DATE '{today}')::date", percent="(p.id % 100)::int", money="investment / 2", done="'按计划施工'",
        by_id="(SELECT min(id) FROM offices_user)", at=f"'{AT.isoformat()}'",
    )  # fmt: skip


def _plans(cursor: Any, counties: list[Division], today: dt.date) -> None:
    """A plan of each county and year, issued, with its lines."""
    insert(
        cursor, AnnualPlan,
        f"offices_division d, generate_series({today.year - YEARS + 1}, {today.year}) y "
        f"WHERE d.id BETWEEN {counties[0].pk} AND {counties[-1].pk}",
        uid=_uid("plan", "d.id || '-' || y"), division_id="d.id", province_id="d.province_id", city_id="d.city_id", county_id="d.id",
        year="y", state="'issued'", rulebook="d.governed_by", issued_on="make_date(y, 1, 10)", declared_on="make_date(y - 1, 9, 1)",
        document_number="'柳建发〔' || y || '〕' || d.id || '号'",
    )  # fmt: skip
    insert(
        cursor, PlanLine,
        f"{Project._meta.db_table} p JOIN {AnnualPlan._meta.db_table} a ON a.county_id = p.county_id AND a.year = p.plan_year",
        uid=_uid("line", "p.id"), plan_id="a.id", project_id="p.id", position="row_number() OVER (PARTITION BY a.id ORDER BY p.id)",
    )  # fmt: skip


def _deadlines(cursor: Any, today: dt.date) -> None:
    """Eight a project: of each hundred 21 are open and due by the horizon of the reminders, 14 open and later, the others done."""
    open_, soon = "k % 100 < 35", "k % 100 < 21"
    offset = f"CASE WHEN {soon} THEN 30 - (k % 365)::int WHEN {open_} THEN 31 + (k % 300)::int ELSE -400 - (k % 2000)::int END"
    days = f"DATE '{today}' + {offset}"
    listed = ", ".join(
        f"({at}, '{rule}', '{name}', '{strength}')" for at, (rule, name, strength) in enumerate(MILESTONES)
    )
    insert(
        cursor, Duty,
        f"(SELECT p.*, m.*, p.id * {DUTIES} + m.place AS k FROM {Project._meta.db_table} p, "
        f"(VALUES {listed}) m(place, rule, milestone, strength)) g",
        uid=_uid("duty", "k"), **{f"{level}_id": f"{level}_id" for level in LEVELS}, subject_type="'project'", subject_uid="g.uid",
        subject_title="g.name", subject_link="'/staff/projects/' || g.uid || '/'", body_id="implementing_body_id", rule_id="rule",
        milestone="milestone", strength="strength", plan_year=f"coalesce(plan_year, {today.year})", due_on=days,
        state=f"CASE WHEN {open_} THEN 'open' ELSE 'done' END", done_on=f"CASE WHEN {open_} THEN NULL ELSE {days} + (k % 5)::int END",
        public="published",
    )  # fmt: skip


def _money(cursor: Any, city: Division, by: User, today: dt.date) -> None:
    """A purse of the year's grant for each project in a plan, with balances in its accounts."""
    insert(
        cursor, FundingSource, f"generate_series({today.year - YEARS + 1}, {today.year}) y", uid=_uid("source", "y"),
        division_id=str(city.pk), province_id=str(city.province_id), city_id=str(city.pk), kind="'central'", level="'central'",
        name="y || '年中央补助资金'", issued_on="make_date(y, 2, 1)", year="y", purpose="'老旧小区改造'", amount="1000000000000000",
        registered_by_id=str(by.pk),
    )  # fmt: skip
    insert(
        cursor, Fund, f"{Project._meta.db_table} p JOIN {FundingSource._meta.db_table} s ON s.year = p.plan_year",
        uid=_uid("fund", "p.id"), **{f"{level}_id": f"p.{level}_id" for level in LEVELS}, source_id="s.id", project_uid="p.uid",
        project_name="p.name", allotted="p.investment",
    )  # fmt: skip
    shares = (
        "('expected', 1, 20), ('cash', 1, 10), ('paid', 1, 70), "
        "('free', -1, 10), ('committed', -1, 20), ('retained', -1, 2), ('spent', -1, 68)"
    )
    insert(
        cursor, Account, f"{Fund._meta.db_table} f, (VALUES {shares}) a(kind, side, part)", fund_id="f.id", kind="a.kind",
        side="a.side", balance="f.allotted * a.part / 100",
    )  # fmt: skip
