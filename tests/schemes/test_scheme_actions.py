"""The life of a scheme through its actions: written, fixed, changed, reviewed by many; two editors; what the database keeps."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from approvals import cases
from approvals.models import CaseAsk
from communities import actions as register
from communities.models import Hazard
from offices import actions as offices
from offices.models import User
from offices.rulebooks import layers_of
from policies.refusal import Forbidden, Invalid, Refused, RuleRefused, Stale
from projects import actions
from projects.actions import scheme_items as lines
from projects.actions import schemes
from projects.gates import gates_of_project
from projects.models import Project, Scheme, SchemeItem, SchemeVersion
from projects.queries.public_schemes import reviews
from projects.queries.schemes import scheme_page
from projects.rules.scheme import catalogue
from tests.projects.conftest import AT, TODAY, World, person

ROAD = {"quantity": "120.5", "unit": "㎡", "unit_price": Decimal("80.00"), "payers": [("county", None)]}


def key(project: Project, name: str) -> str:
    """Key of an item of the place's catalogue."""
    entries = catalogue(layers_of(project.division))
    return next(entry.key for entry in entries if entry.item.name == name)


def add(by: User, scheme: Scheme, name: str, **values: Any) -> SchemeItem:
    """Pick an item."""
    given = {**ROAD, "catalogue_key": key(scheme.project, name), **values}
    return lines.add_item(by=by, at=AT, today=TODAY, scheme=scheme, values=given)


@pytest.fixture
def scheme(world: World, add_project: Callable[..., Project]) -> Scheme:
    """An empty scheme of 芮城."""
    return schemes.open_scheme(by=world.wang, at=AT, project=add_project("永乐小区"))


def fix(by: User, scheme: Scheme, note: str = "") -> SchemeVersion:
    """Fix a version."""
    return schemes.fix_version(by=by, at=AT, today=TODAY, scheme=scheme, note=note)


@pytest.mark.rule("LZ-02")
@pytest.mark.rule("RC-04")
def test_a_line_takes_class_and_clause_from_the_catalogue_and_its_amount_is_exact(world: World, scheme: Scheme) -> None:
    row = add(world.wang, scheme, "道路")
    assert (row.item_class, row.clause, row.five, row.amount) == ("基础类", "二(二)1", "road", Decimal("9640.00"))
    assert [(p.kind, p.amount) for p in row.payments.all()] == [("county", Decimal("9640.00"))]
    with pytest.raises(Invalid) as wrong:
        add(world.wang, scheme, "道路", item_class="提升类")
    assert "目录写的是“基础类”" in wrong.value.errors["item_class"][0]


def test_one_scheme_a_project(world: World, scheme: Scheme) -> None:
    with pytest.raises(Refused, match="已有改造方案"):
        schemes.open_scheme(by=world.wang, at=AT, project=scheme.project)


@pytest.mark.rule("RC-05")
def test_a_version_is_refused_with_its_clause_until_the_ratio_is_entered(world: World, scheme: Scheme) -> None:
    payers = [("resident_direct", Decimal("1446.00")), ("county", None)]
    add(world.wang, scheme, "建设小区游园", payers=payers)
    with pytest.raises(RuleRefused) as refused:
        fix(world.wang, scheme)
    (reason,) = refused.value.reasons
    assert (
        reason.citation is not None
        and reason.citation.rule == "RC-05"
        and reason.missing == "请填写业主出资比例（大于零）"
    )
    schemes.describe_scheme(by=world.wang, at=AT, scheme=scheme, changes={"owner_ratio": Decimal("15")})
    version = fix(world.wang, scheme)
    assert version.number == 1 and version.content["scheme"]["total"] == 964_000


@pytest.mark.rule("RC-04")
def test_an_item_outside_the_list_is_refused_without_a_reason_and_nothing_is_written(
    world: World, scheme: Scheme
) -> None:
    with pytest.raises(RuleRefused) as refused:
        lines.add_item(
            by=world.wang, at=AT, today=TODAY, scheme=scheme, values={**ROAD, "name": "供水管网", "item_class": "基础类"}
        )  # fmt: skip
    assert refused.value.reasons[0].missing == "请写明理由"
    assert not scheme.items.exists()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"quantity": "0"}, "quantity"), ({"quantity": "1.2345"}, "quantity"), ({"quantity": "-1"}, "quantity"),
        ({"quantity": "1e3"}, "quantity"), ({"quantity": "１２"}, "quantity"), ({"unit_price": Decimal("NaN")}, "unit_price"),
        ({"unit_price": Decimal("10000000.01")}, "unit_price"), ({"unit": ""}, "unit"), ({"note": "注" * 201}, "note"),
        ({"note": "a\x00b"}, "note"), ({"catalogue_key": "没有"}, "catalogue_key"), ({"facility": "water"}, "facility_owner"),
        ({"payers": [("nobody", None)]}, "payers"), ({"payers": [("county", Decimal("1.00"))]}, "payers"), ({"amount": 5}, "amount"),
    ],
)  # fmt: skip
def test_bad_figures_name_their_field(world: World, scheme: Scheme, values: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as wrong:
        add(world.wang, scheme, "道路", **values)
    assert list(wrong.value.errors) == [field] or field in wrong.value.errors
    assert not scheme.items.exists()


def test_the_database_itself_refuses_an_amount_that_is_not_quantity_times_price(world: World, scheme: Scheme) -> None:
    row = add(world.wang, scheme, "道路")
    for wrong in ("9640.01", "9639.99", "0.00"):
        with pytest.raises(IntegrityError), transaction.atomic():
            SchemeItem.objects.filter(pk=row.pk).update(amount=Decimal(wrong))


def test_a_fixed_version_is_never_rewritten(world: World, scheme: Scheme) -> None:
    add(world.wang, scheme, "道路")
    version = fix(world.wang, scheme)
    with pytest.raises(DatabaseError), transaction.atomic():
        SchemeVersion.objects.filter(pk=version.pk).update(note="改")
    with pytest.raises(DatabaseError), transaction.atomic():
        SchemeVersion.objects.filter(pk=version.pk).delete()
    with pytest.raises(Refused, match="完全相同"):
        fix(world.wang, scheme, "没有改")
    with pytest.raises(Invalid, match="写明修改了什么"):
        fix(world.wang, scheme)


def test_two_editors_never_overwrite_each_other(world: World, scheme: Scheme) -> None:
    row = add(world.wang, scheme, "道路")
    seen = row.version
    lines.change_item(by=world.wang, at=AT, today=TODAY, item=row, values={"note": "沥青"}, expected_version=seen)
    with pytest.raises(Stale):
        lines.change_item(by=world.li, at=AT, today=TODAY, item=row, values={"note": "混凝土"}, expected_version=seen)
    with pytest.raises(Stale):
        lines.remove_item(by=world.li, at=AT, item=row, expected_version=seen)
    assert SchemeItem.objects.get(pk=row.pk).note == "沥青"
    before = Scheme.objects.get(pk=scheme.pk).version
    add(world.li, scheme, "照明")
    with pytest.raises(Stale):
        schemes.fix_version(by=world.wang, at=AT, today=TODAY, scheme=scheme, expected_version=before)
    assert scheme.items.count() == 2


def test_a_single_payer_follows_the_amount_and_several_are_asked_again(world: World, scheme: Scheme) -> None:
    row = add(world.wang, scheme, "道路")
    row = lines.change_item(by=world.wang, at=AT, today=TODAY, item=row, values={"quantity": "100"})
    assert row.payments.get().amount == row.amount == Decimal("8000.00")
    values = {"payers": [("county", Decimal("5000.00")), ("central", None)]}
    row = lines.change_item(by=world.wang, at=AT, today=TODAY, item=row, values=values)
    with pytest.raises(Invalid, match="重新填写"):
        lines.change_item(by=world.wang, at=AT, today=TODAY, item=row, values={"quantity": "99"})
    assert SchemeItem.objects.get(pk=row.pk).quantity == 100_000


def test_only_the_keeping_office_writes(world: World, scheme: Scheme) -> None:
    for stranger in (world.wei, world.zhou):
        with pytest.raises(Forbidden):
            add(stranger, scheme, "道路")
        with pytest.raises(Forbidden):
            schemes.describe_scheme(by=stranger, at=AT, scheme=scheme, changes={})


@pytest.mark.rule("RC-05")
def test_the_gate_reads_the_platform_s_own_scheme_before_any_paper(world: World, scheme: Scheme) -> None:
    def split() -> Any:
        project = Project.objects.get(pk=scheme.project_id)
        gates = gates_of_project(project, layers=layers_of(project.division), day=TODAY, steps=("scheme",))
        return next(gate for gate in gates if gate.gate.evidence == "cost_split")

    add(world.wang, scheme, "道路")
    assert split().outcome == "unmet"  # a draft is nothing yet
    fix(world.wang, scheme)
    assert split().outcome == "met" and "改造方案第1版" in split().explanation


@pytest.fixture
def yulin(world: World, db: None) -> tuple[User, User, Scheme]:
    """A scheme of 玉林 with one hazard: its clerk, its leader."""
    city = offices.create_division(by=None, at=AT, name="玉林市", kind="city", rulebook="yulin")
    county = offices.create_division(by=None, at=AT, name="玉州区", kind="county", parent=city)
    body = offices.create_body(by=None, at=AT, division=county, kind="housing", name="玉州区住房和城乡建设局")
    clerk, leader = person("yzclerk", "陈洁", body, "clerk"), person("yzleader", "黄志", body, "leader")
    values = {"name": "东明大院", "built_text": "1993", "household_count": 40, "floor_area": "3000.00"}
    place = register.add_community(by=clerk, at=AT, division=county, values=values, evidence="普查")
    Hazard.objects.create(
        community=place, kind="drainage", description="排水管堵塞", found_on=TODAY, created_at=AT, updated_at=AT
    )
    project = actions.add_project(by=clerk, at=AT, today=TODAY, division=county, name="东明大院", communities=[place])
    return clerk, leader, schemes.open_scheme(by=clerk, at=AT, project=project)


@pytest.mark.rule("YL-04")
@pytest.mark.rule("YL-05")
def test_a_hazard_is_answered_and_a_basic_item_left_out_waits_for_the_leader(yulin: tuple[User, User, Scheme]) -> None:
    clerk, leader, scheme = yulin

    def outcome(evidence: str) -> tuple[str, str]:
        project = Project.objects.get(pk=scheme.project_id)
        gates = gates_of_project(project, layers=layers_of(project.division), day=TODAY, steps=("scheme",))
        gate = next(gate for gate in gates if gate.gate.evidence == evidence)
        return gate.outcome, gate.missing

    add(clerk, scheme, "道路")
    fix(clerk, scheme)
    assert outcome("hazards_answered") == ("unmet", "还有 1 条没有回应")
    assert outcome("basic_items_answered") == ("unmet", "还有 1 项须列入，或由负责人写明理由")
    (need,) = scheme_page(scheme, layers=layers_of(scheme.division), day=TODAY).needs
    reply = {"key": need.key, "item": "", "reason": "市政雨污分流工程一并改造"}
    schemes.answer_needs(by=clerk, at=AT, scheme=scheme, replies=[reply])
    fix(clerk, scheme, "回应隐患")
    assert outcome("hazards_answered")[0] == "met" and outcome("basic_items_answered")[0] == "unmet"
    schemes.answer_needs(by=leader, at=AT, scheme=scheme, replies=[reply])
    schemes.answer_needs(
        by=clerk, at=AT, scheme=scheme, replies=[reply]
    )  # saved again by the clerk: the leader's word stands
    fix(clerk, scheme, "负责人写明理由")
    assert outcome("basic_items_answered")[0] == "met"


JOINT = (
    ("development_reform", "发改局"), ("finance", "财政局"), ("natural_resources", "自然资源局"), ("public_security", "公安分局"),
    ("fire", "消防大队"), ("power", "供电局"), ("water", "供水公司"), ("gas", "燃气公司"), ("telecom", "通信公司"),
    ("cable_tv", "广电公司"),
)  # fmt: skip


@pytest.mark.rule("LZ-12")
def test_ten_bodies_review_side_by_side_and_a_new_version_voids_their_yes(world: World) -> None:
    county, housing = world.other, world.other.bodies.get()
    decider = person("lnapprover", "覃立", housing, "approver")
    people = {housing.pk: decider}
    for kind, name in JOINT:
        body = offices.create_body(by=None, at=AT, division=county, kind=kind, name=f"柳南区{name}")
        people[body.pk] = person(f"ln{kind}", f"{name}审批", body, "approver")
    place = register.add_community(
        by=world.wei, at=AT, division=county, values={"name": "河西小区", "built_text": "1991"}, evidence="普查"
    )
    project = actions.add_project(
        by=world.wei, at=AT, today=TODAY, division=county, name="河西小区", communities=[place]
    )
    scheme = schemes.open_scheme(by=world.wei, at=AT, project=project)
    with pytest.raises(Refused, match="还没有定稿"):
        schemes.submit_scheme(by=world.wei, at=AT, today=TODAY, scheme=scheme)
    add(world.wei, scheme, "道路", payers=[("city", None)])
    fix(world.wei, scheme)
    case = schemes.submit_scheme(by=world.wei, at=AT, today=TODAY, scheme=scheme)
    asked = list(CaseAsk.objects.filter(case=case, asked_at__isnull=False).select_related("body"))
    assert len(asked) >= 9 and len({ask.stage_id for ask in asked}) == 1  # side by side

    def review() -> Any:
        held = gates_of_project(
            Project.objects.get(pk=project.pk), layers=layers_of(county), day=TODAY, steps=("review",)
        )
        return next(gate for gate in held if gate.gate.evidence == "review")

    assert review().outcome == "unmet" and "审批中" in review().explanation
    with pytest.raises(Refused, match="正在审查中"):
        fix(world.wei, scheme, "改")
    with pytest.raises(Stale):
        cases.give_opinion(
            by=people[asked[0].body_id], at=AT, case=case, body=asked[0].body, verdict="pass", today=TODAY, seen_hash="0" * 64
        )  # fmt: skip
    for ask in asked:
        seen = case.content_hash
        cases.give_opinion(
            by=people[ask.body_id], at=AT, case=case, body=ask.body, verdict="pass", today=TODAY, seen_hash=seen
        )
    case.refresh_from_db()
    assert case.state == "passed" and review().outcome == "met"
    with pytest.raises(Refused, match="已经审查通过"):
        schemes.submit_scheme(by=world.wei, at=AT, today=TODAY, scheme=scheme)
    add(world.wei, scheme, "照明", payers=[("city", None)])
    fix(world.wei, scheme, "增加照明")
    assert review().outcome == "unmet" and "第1版的审查不再有效" in review().explanation
    assert not reviews([project.uid])[project.uid][0].settled


@pytest.mark.django_db
def test_three_hundred_lines_are_read_in_a_bounded_number_of_queries(
    world: World,
    scheme: Scheme,
    django_assert_max_num_queries: Any,
) -> None:
    add(world.wang, scheme, "道路")
    first = scheme.items.get()
    rows = [
        SchemeItem(
            scheme=scheme, position=n, created_at=AT, updated_at=AT, catalogue_key=first.catalogue_key, name="道路", item_class="基础类",
            quantity=1000, unit="㎡", unit_price=Decimal("1.00"), amount=Decimal("1.00"),
        )
        for n in range(2, 301)
    ]  # fmt: skip
    SchemeItem.objects.bulk_create(rows)
    fresh = Scheme.objects.select_related("project", "division").get(pk=scheme.pk)
    layers = layers_of(fresh.division)
    with django_assert_max_num_queries(14):
        view = scheme_page(fresh, layers=layers, day=dt.date(2026, 3, 2))
        assert len(view.value.items) == 300 and view.total == Decimal("9939.00")
