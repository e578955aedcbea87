"""The case engine, told as a clerk and the bureaus live it."""

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from approvals import cases
from approvals.models import Case, CaseRound, Opinion
from approvals.routing import real_route
from offices.demonstration import Offices
from offices.messages import inbox
from offices.models import Body
from offices.rulebooks import layers_of
from policies.refusal import Forbidden, Invalid, Refused, Stale
from tests.approvals.conftest import DAY, Desk, Paper
from tests.cast import AT, TODAY

NUMBER = "柳建发〔2027〕12号"


def names(desk: Desk, *pairs: tuple[str, str]) -> set[str]:
    """Names of bodies."""
    return {desk.offices.body(place, kind).name for place, kind in pairs}


BUREAUS = (("柳州市", "housing"), ("柳州市", "development_reform"), ("柳州市", "finance"))


@pytest.mark.rule("LZ-11")
def test_a_plan_of_liuzhou_goes_through_four_stages_to_a_document_number(liuzhou: Desk, paper: Paper) -> None:
    case = liuzhou.submit()
    assert [stage.name for stage in case.stages.all()] == ["县区申报", "市级审查", "市人民政府同意", "三部门联合发文"]
    assert case.rule_id == "LZ-11"
    assert liuzhou.owing() == names(liuzhou, ("城中区", "government"))
    liuzhou.answer("城中区", "government")
    assert liuzhou.owing() == names(liuzhou, *BUREAUS)
    for place, kind in BUREAUS:
        liuzhou.answer(place, kind)
    assert liuzhou.owing() == names(liuzhou, ("柳州市", "government"))
    liuzhou.answer("柳州市", "government")
    assert liuzhou.owing() == names(liuzhou, *BUREAUS)
    liuzhou.answer("柳州市", "housing")
    liuzhou.answer("柳州市", "finance")
    with pytest.raises(Invalid, match="文号") as refused:
        liuzhou.answer("柳州市", "development_reform")
    assert "document_number" in refused.value.errors
    case = liuzhou.answer("柳州市", "development_reform", document_number="柳建发[2027] 12 号")
    assert (case.state, case.document_number) == (Case.State.PASSED, NUMBER)
    assert paper.called == ["stage 1", "stage 2", "stage 3", "stage 4", f"passed {NUMBER}"]


@pytest.mark.rule("LZ-11")
def test_more_bureaus_may_be_asked_in_the_review_and_nowhere_else(liuzhou: Desk) -> None:
    audit = liuzhou.offices.body("柳州市", "audit")
    case = liuzhou.submit(more_bodies=[audit])
    asked = {stage.name: {ask.body.kind for ask in stage.asks.all()} for stage in case.stages.all()}
    assert asked["市级审查"] == {"housing", "development_reform", "finance", "audit"}
    assert "audit" not in asked["三部门联合发文"]


@pytest.mark.rule("YL-09")
def test_a_plan_of_yulin_ends_with_the_citys_decision_and_its_number(offices: Offices, paper: Paper) -> None:
    desk = Desk(offices, "玉州区")
    desk.submit()
    desk.answer("玉州区", "government")
    for kind in ("housing", "development_reform", "finance"):
        desk.answer("玉林市", kind)
    assert desk.owing() == names(desk, ("玉林市", "government"))
    with pytest.raises(Invalid, match="文号"):
        desk.answer("玉林市", "government")
    assert desk.answer("玉林市", "government", document_number="玉政函〔2026〕5号").state == Case.State.PASSED


def test_where_the_document_has_no_route_the_platforms_default_is_labelled(offices: Offices, paper: Paper) -> None:
    county = offices.divisions["芮城县"]
    route = real_route(layers_of(county), day=TODAY, subject="plan", division=county)
    assert (route.rule_id, route.label) == ("", "平台默认、文件未作规定")
    assert [[body.kind for body in stage.bodies] for stage in route.stages] == [["housing"], ["government"]]


def test_a_route_names_the_bodies_that_a_city_has_not_set_up(liuzhou: Desk) -> None:
    finance = liuzhou.offices.body("柳州市", "finance")
    Body.objects.filter(pk=finance.pk).update(active=False)
    with pytest.raises(Refused, match="city_finance") as refused:
        liuzhou.submit()
    assert refused.value.code == "body_missing"


def test_a_returned_paper_comes_back_to_the_stage_that_returned_it(liuzhou: Desk, paper: Paper) -> None:
    liuzhou.submit()
    liuzhou.answer("城中区", "government")
    liuzhou.answer("柳州市", "housing")
    case = liuzhou.answer("柳州市", "finance", "return", reasons="户数与登记不符", fields=["households"])
    assert case.state == Case.State.RETURNED and paper.called[-1] == "returned" and liuzhou.owing() == set()
    paper.text["households"] = 120
    case = liuzhou.submit()
    assert (case.round, case.state) == (2, Case.State.OPEN)
    assert liuzhou.owing() == names(liuzhou, *BUREAUS)  # the county government is not asked again
    liuzhou.case = case
    kept = list(CaseRound.objects.filter(case=case).values_list("number", "content__households"))
    assert kept == [(1, 100), (2, 120)]


def test_a_return_and_a_refusal_need_their_reasons(liuzhou: Desk) -> None:
    liuzhou.submit()
    for verdict in ("return", "refuse"):
        with pytest.raises(Invalid) as refused:
            liuzhou.answer("城中区", "government", verdict, reasons="  ")
        assert "reasons" in refused.value.errors
    assert not Opinion.objects.filter(case=liuzhou.case).exists()


def test_a_refusal_ends_the_case(liuzhou: Desk, paper: Paper) -> None:
    liuzhou.submit()
    case = liuzhou.answer("城中区", "government", "refuse", reasons="与上位规划不符")
    assert (case.state, case.closed_at) == (Case.State.REFUSED, liuzhou.at) and paper.called == ["refused"]
    with pytest.raises(Refused, match="不予通过"):
        liuzhou.answer("城中区", "government")


def test_an_opinion_holds_for_the_content_that_was_seen(liuzhou: Desk, paper: Paper) -> None:
    seen = liuzhou.submit().content_hash
    liuzhou.answer("城中区", "government", "return", reasons="请补充")
    paper.text["households"] = 120
    liuzhou.submit()
    with pytest.raises(Stale):
        liuzhou.answer("城中区", "government", seen_hash=seen)
    liuzhou.answer("城中区", "government", seen_hash=liuzhou.case.content_hash)


def test_a_second_opinion_of_a_body_hears_who_decided_and_when(liuzhou: Desk) -> None:
    liuzhou.submit()
    liuzhou.answer("城中区", "government")
    liuzhou.answer("柳州市", "finance")
    decided = liuzhou.offices.user("柳州市", "finance", "approver")
    with pytest.raises(Refused, match=f"已由{decided}于2026-03-02 12:00给出意见“通过”") as refused:
        liuzhou.answer("柳州市", "finance", "refuse", role="leader", reasons="不同意")
    assert refused.value.code == "already_decided"


def test_only_an_approver_or_leader_of_the_body_that_is_asked_decides(liuzhou: Desk) -> None:
    liuzhou.submit()
    with pytest.raises(Forbidden):
        liuzhou.answer("城中区", "government", role="clerk")
    with pytest.raises(Forbidden, match="不在"):
        liuzhou.answer("城中区", "finance")
    with pytest.raises(Refused, match="还没有轮到"):
        liuzhou.answer("柳州市", "finance")
    stranger = liuzhou.offices.user("芮城县", "government", "approver")
    with pytest.raises(Forbidden):
        cases.give_opinion(
            by=stranger, at=AT, case=liuzhou.case, body=liuzhou.offices.body("城中区", "government"), verdict="pass"
        )


def test_nobody_decides_what_he_submitted_superusers_included(offices: Offices, paper: Paper) -> None:
    desk = Desk(offices, "芮城县")  # the default route asks the housing office itself first
    desk.clerk = offices.user("芮城县", "housing", "leader")
    desk.submit()
    desk.clerk.is_superuser = True
    desk.clerk.save()
    with pytest.raises(Forbidden, match="自己提交") as refused:
        desk.answer("芮城县", "housing", role="leader")
    assert refused.value.code == "own_submission"
    desk.answer("芮城县", "housing", role="approver")


def test_nor_in_a_later_round_that_a_colleague_submitted(offices: Offices, paper: Paper) -> None:
    desk = Desk(offices, "芮城县")
    desk.clerk = offices.user("芮城县", "housing", "leader")
    desk.submit()
    desk.answer("芮城县", "housing", "return", reasons="请补充")
    desk.clerk = offices.user("芮城县", "housing", "clerk")
    desk.submit()
    with pytest.raises(Forbidden, match="自己提交"):
        desk.answer("芮城县", "housing", role="leader")


def test_a_superuser_has_no_say_in_an_office(liuzhou: Desk) -> None:
    liuzhou.submit()
    root = liuzhou.offices.user("芮城县", "finance", "clerk")
    root.is_superuser = True
    root.save()
    with pytest.raises(Forbidden):
        cases.give_opinion(
            by=root, at=AT, case=liuzhou.case, body=liuzhou.offices.body("城中区", "government"), verdict="pass"
        )


def test_a_case_under_way_is_not_submitted_twice(liuzhou: Desk) -> None:
    liuzhou.submit()
    with pytest.raises(Refused, match="审批中"):
        liuzhou.submit()


def test_it_can_be_taken_back_until_somebody_has_answered(liuzhou: Desk, paper: Paper) -> None:
    liuzhou.submit()
    with pytest.raises(Invalid):
        cases.withdraw(by=liuzhou.clerk, at=liuzhou.at, case=liuzhou.case, reason=" ")
    with pytest.raises(Forbidden):
        cases.withdraw(
            by=liuzhou.offices.user("城中区", "finance", "clerk"), at=liuzhou.at, case=liuzhou.case, reason="错了"
        )
    cases.withdraw(by=liuzhou.clerk, at=liuzhou.at, case=liuzhou.case, reason="报错了")
    assert paper.called == ["withdrawn"] and liuzhou.owing() == set()
    liuzhou.submit()
    liuzhou.answer("城中区", "government")
    with pytest.raises(Refused, match="已有机构提出意见"):
        cases.withdraw(by=liuzhou.clerk, at=liuzhou.at, case=liuzhou.case, reason="又报错了")


def test_a_body_is_urged_once_a_day(liuzhou: Desk) -> None:
    liuzhou.submit()
    government = liuzhou.offices.body("城中区", "government")
    approver = liuzhou.offices.user("城中区", "government", "approver")
    # 23:30 and 00:30 in Shanghai lie on two days, though on one in UTC
    late = AT.replace(hour=23, minute=30)
    cases.urge(by=liuzhou.clerk, at=late, case=liuzhou.case, body=government)
    with pytest.raises(Refused, match="今天已催办"):
        cases.urge(by=liuzhou.clerk, at=late, case=liuzhou.case, body=government)
    cases.urge(by=liuzhou.clerk, at=late.replace(hour=0) + DAY, case=liuzhou.case, body=government)
    assert inbox(approver).filter(title__startswith="催办").count() == 2
    with pytest.raises(Refused):
        cases.urge(by=liuzhou.clerk, at=late, case=liuzhou.case, body=liuzhou.offices.body("柳州市", "finance"))


def test_those_who_are_asked_are_told_and_the_submitter_hears_the_end(liuzhou: Desk) -> None:
    liuzhou.submit()
    approver = liuzhou.offices.user("城中区", "government", "approver")
    assert [m.title for m in inbox(approver)] == ["待办：城中区年度计划（县区申报）"]
    liuzhou.answer("城中区", "government", "refuse", reasons="不符")
    assert inbox(liuzhou.clerk).get().title == "城中区年度计划：不予通过"


@pytest.mark.parametrize("number", ["12号", "柳建发2027第12号", "〔2027〕12号", "柳建发〔27〕12号"])
def test_a_document_number_has_its_office_year_and_number(offices: Offices, paper: Paper, number: str) -> None:
    desk = Desk(offices, "芮城县")
    desk.submit()
    desk.answer("芮城县", "housing")
    with pytest.raises(Invalid) as refused:
        desk.answer("芮城县", "government", document_number=number)
    assert "document_number" in refused.value.errors


def attack(sql: str, *values: Any) -> None:
    """A statement that the database itself refuses."""
    with pytest.raises(DatabaseError, match="never rewritten"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)


def test_opinions_and_submitted_content_are_never_rewritten(liuzhou: Desk) -> None:
    liuzhou.submit()
    liuzhou.answer("城中区", "government", reasons="同意")
    opinion = Opinion.objects.get(case=liuzhou.case)
    attack("UPDATE approvals_opinion SET verdict = 'refuse' WHERE id = %s", opinion.pk)
    attack("DELETE FROM approvals_opinion WHERE id = %s", opinion.pk)
    attack("UPDATE approvals_case SET content = '{}' WHERE id = %s", liuzhou.case.pk)
    attack("UPDATE approvals_case SET submitted_by_id = %s WHERE id = %s", opinion.by_id, liuzhou.case.pk)
    attack("UPDATE approvals_caseround SET content = '{}'")
    attack("DELETE FROM approvals_case WHERE id = %s", liuzhou.case.pk)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite's own statement")
def test_or_replace_puts_no_other_opinion_in_its_place(liuzhou: Desk) -> None:
    liuzhou.submit()
    liuzhou.answer("城中区", "government", reasons="同意")
    given = Opinion.objects.get(case=liuzhou.case)
    attack(
        "INSERT OR REPLACE INTO approvals_opinion (case_id, stage_id, body_id, round, verdict, reasons, fields, content_hash, "
        "document_number, by_id, at) VALUES (%s, %s, %s, 1, 'refuse', 'x', '[]', '', '', %s, '2026-01-01')",
        given.case_id, given.stage_id, given.body_id, given.by_id,
    )  # fmt: skip
    # nor is the live case of the subject pushed out by another one
    columns = [f.column for f in Case._meta.concrete_fields if f.column not in {"id", "uid"}]
    listed = ", ".join(f'"{c}"' for c in columns)
    attack(
        f"INSERT OR REPLACE INTO approvals_case (uid, {listed}) SELECT 'forged', {listed} FROM approvals_case WHERE id = %s",
        liuzhou.case.pk,
    )
