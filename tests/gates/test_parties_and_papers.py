"""Gates that name their papers and parties one by one: acceptance, closing, aftercare, consents. No database."""

import pytest

from policies.kinds import Step
from projects.rules.situation import HeldException, Situation
from tests.gates.test_gates import OLD, ask, guards, held, vote


def missing(place: str, rule: str, evidence: str, *facts: str) -> str:
    """What a gate is missing when nothing of it is in."""
    situation = Situation(papers={evidence: held({})}, facts=frozenset(facts))
    gate = ask(place, rule, evidence, situation)
    assert gate.outcome == "unmet"
    return gate.missing.removeprefix("还缺：")


def keys(place: str, rule: str, evidence: str, *facts: str) -> list[str]:
    """Keys of what a gate names."""
    gate = ask(place, rule, evidence, Situation(facts=frozenset(facts))).gate
    return [paper.key for paper in gate.requires]


PARTIES = [
    (
        "liuzhou", "LZ-13", ("建设单位（组织）", "勘察单位", "设计单位", "施工单位", "监理单位", "竣工验收报告")
    ),
    (
        "changzhi", "CZ-05", ("县（区）政府（组织）", "有关部门", "专业单位", "街道社区", "居民代表")
    ),
    (
        "jiangxi", "JX-07",
        ("县（市、区）政府确定的实施单位（组织）", "街道办事处", "居委会", "业主委员会（或业主代表）", "设计单位", "施工单位", "监理单位")
    ),
]  # fmt: skip


@pytest.mark.rule("LZ-13")
@pytest.mark.rule("CZ-05")
@pytest.mark.rule("JX-07")
@pytest.mark.parametrize(("place", "rule", "parties"), PARTIES)
def test_acceptance_asks_for_each_party_by_name(place: str, rule: str, parties: tuple[str, ...]) -> None:
    assert missing(place, rule, "acceptance_parties") == "、".join(parties)
    everyone = keys(place, rule, "acceptance_parties")
    for absent, label in zip(everyone, parties, strict=True):
        present = {key: True for key in everyone if key != absent}
        gate = ask(place, rule, "acceptance_parties", Situation(papers={"acceptance_parties": held(present)}))
        assert gate.blocks and gate.missing == f"还缺：{label}"
    whole = held(dict.fromkeys(everyone, True))
    assert ask(place, rule, "acceptance_parties", Situation(papers={"acceptance_parties": whole})).outcome == "met"
    assert (rule, "acceptance_parties") in guards(place, "accept")


CLOSING = [
    ("liuzhou", "LZ-13", "close", ("final_account", "archive", "handover")),
    ("changzhi", "CZ-05", "close", ("handover",)),
    ("ruicheng", "RC-16", "close", ("acceptance_filing",)),
    ("changzhi", "CZ-10", "aftercare", ("joint_meeting", "maintenance_fund_mechanism")),
    ("jiangxi", "JX-20", "start", ("supervision",)),
    ("yulin", "YL-20", "start", ("pipeline_plan",)),
]


@pytest.mark.rule("LZ-13")
@pytest.mark.rule("CZ-05")
@pytest.mark.rule("RC-16")
@pytest.mark.rule("CZ-10")
@pytest.mark.rule("JX-20")
@pytest.mark.rule("YL-20")
@pytest.mark.parametrize(("place", "rule", "step", "evidences"), CLOSING)
def test_a_step_waits_for_each_paper(place: str, rule: str, step: Step, evidences: tuple[str, ...]) -> None:
    assert {(rule, evidence) for evidence in evidences} <= guards(place, step)
    for evidence in evidences:
        without = ask(place, rule, evidence, Situation())
        assert without.blocks and without.opened_by == "document" and without.citation.rule == rule
        paper = held(dict.fromkeys(keys(place, rule, evidence), True))
        assert ask(place, rule, evidence, Situation(papers={evidence: paper})).outcome == "met"
        assert ask(place, rule, evidence, Situation(papers={evidence: held(paper.figures, checked=False)})).blocks


@pytest.mark.rule("CZ-05")
def test_the_handover_goes_to_the_property_company() -> None:
    assert missing("changzhi", "CZ-05", "handover") == "物业服务企业"


@pytest.mark.rule("CZ-10")
def test_modes_and_rules_of_aftercare_are_striven_for_and_never_block() -> None:
    gate = ask(
        "changzhi", "CZ-10", "management_rules", Situation(papers={"management_rules": held({"management_mode": True})})
    )
    assert gate.outcome == "unmet" and not gate.blocks and gate.missing == "还缺：管理规约、业主议事规则"


@pytest.mark.rule("JX-11")
def test_lessons_are_asked_when_a_project_closes_and_never_block() -> None:
    assert ("JX-11", "lessons") in guards("jiangxi", "close")
    without = ask("jiangxi", "JX-11", "lessons", Situation())
    assert without.outcome == "unmet" and not without.blocks
    assert ask("jiangxi", "JX-11", "lessons", Situation(papers={"lessons": held({})})).outcome == "met"


@pytest.mark.rule("YL-19")
def test_yulin_starts_after_the_scheme_is_approved_and_the_budget_reviewed() -> None:
    gate = ask("yulin", "YL-19", "permits", Situation(papers={"permits": held({"scheme_approval": True})}))
    assert gate.blocks and gate.missing == "还缺：财政评审"
    both = held({"scheme_approval": True, "budget_review": True})
    assert ask("yulin", "YL-19", "permits", Situation(papers={"permits": both})).outcome == "met"


@pytest.mark.rule("RC-30")
def test_existing_land_asks_for_conformity_and_both_consents() -> None:
    assert (
        missing("ruicheng", "RC-30", "consents_of_neighbours", "uses_existing_land")
        == "不违反规划、使用权人同意、相邻权人同意"
    )
    papers = {"consents_of_neighbours": held({"planning_conformity": True, "right_holders_consent": True})}
    gate = ask(
        "ruicheng", "RC-30", "consents_of_neighbours", Situation(papers=papers, facts=frozenset({"uses_existing_land"}))
    )
    assert gate.blocks and gate.missing == "还缺：相邻权人同意"
    assert ("RC-30", "consents_of_neighbours") not in guards("ruicheng", "start"), (
        "asked only of what uses existing land"
    )


@pytest.mark.rule("RC-10")
def test_a_property_company_needs_more_than_half_before_the_aftercare() -> None:
    facts = frozenset({"property_service"})
    half = Situation(papers={"vote:property_service": vote(8, 4)}, facts=facts)
    gate = ask("ruicheng", "RC-10", "vote", half)
    assert gate.blocks and "1 人" in gate.missing
    assert (
        ask("ruicheng", "RC-10", "vote", Situation(papers={"vote:property_service": vote(8, 5)}, facts=facts)).outcome
        == "met"
    )
    assert ("RC-10", "vote") not in guards("ruicheng", "aftercare"), "asked only where a company is chosen"


def test_an_exception_of_another_step_opens_nothing() -> None:
    opened = Situation(exceptions={("LZ-13", "accept", "archive"): HeldException("例外", "x")}, places=(OLD,))
    assert ask("liuzhou", "LZ-13", "archive", opened).blocks
