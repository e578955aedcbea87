"""转办 and 委托 against opinions, in real processes on a real PostgreSQL: one decision, one row of history, the others told who decided."""

import datetime as dt
from typing import Any

import pytest
from rest_framework.test import APIClient

from approvals import cases, desks
from approvals.models import Case, CaseAsk, CaseHandover, Delegation, Opinion
from offices import actions as house
from offices.demonstration import Offices
from offices.models import Body, HistoryEntry, User
from policies.refusal import Forbidden, Refused
from tests.cast import AT, TODAY
from tests.trust.processes import Said, together
from tests.trust.test_races import approvers, case, refused

pytestmark = [pytest.mark.postgres, pytest.mark.processes, pytest.mark.slow]
__all__ = ["case"]
TOLD = {"already_decided", "handed_over", "case_closed"}


def asked(case: Case) -> Body:
    """The body that is asked first."""
    return case.asks.filter(asked_at__isnull=False).order_by("pk")[0].body


def one_decision(case: Case) -> Opinion:
    """The only opinion, with its only row of history."""
    opinion = Opinion.objects.get(case=case)
    entries = HistoryEntry.objects.filter(subject_uid=case.uid, action__startswith="case.").exclude(
        action__in=("case.submit", "case.hand_over")
    )
    assert [entry.action for entry in entries] == [f"case.{opinion.verdict}"]
    assert CaseAsk.objects.get(case=case, body=opinion.body, stage=opinion.stage).answered_at is not None
    return opinion


def names(said: list[Said]) -> set[str]:
    """Codes of those that were told no."""
    return {each.code for each in refused(said)}


@pytest.mark.parametrize("attempt", range(2))
def test_handing_over_and_deciding_at_once(stage: Offices, case: Case, attempt: int) -> None:
    """Eight decide, seven hand over to one colleague, who decides too: whoever decided held it, whoever gave it away did not."""
    body = asked(case)
    *people, taker = approvers(body, 16)

    def act(index: int) -> str:
        if index == 15:
            opinion = cases.give_opinion(by=taker, at=AT, case=case, body=body, verdict="pass")
            return f"decided {opinion.by_id}"
        if index % 2:
            row = desks.hand_over(by=people[index], at=AT, case=case, body=body, taker=taker, reason="分管")
            return f"handed {row.giver_id}"
        opinion = cases.give_opinion(by=people[index], at=AT, case=case, body=body, verdict="pass")
        return f"decided {opinion.by_id}"

    said = together(16, act)
    assert names(said) <= TOLD, said
    handed = CaseHandover.objects.filter(ask__case=case)
    assert handed.count() <= 1, "who is no holder gives nothing away"
    if not Opinion.objects.exists():  # the colleague came before it was his
        with pytest.raises(Refused) as told:
            cases.give_opinion(by=handed.get().giver, at=AT, case=case, body=body, verdict="pass")
        assert told.value.code == "handed_over" and str(taker) in str(told.value)
        cases.give_opinion(by=taker, at=AT, case=case, body=body, verdict="pass")
    opinion = one_decision(case)
    for row in handed:
        assert opinion.by_id == row.taker_id != row.giver_id
    assert HistoryEntry.objects.filter(subject_uid=case.uid, action="case.hand_over").count() == handed.count()
    late = [each for each in refused(said) if each.code == "already_decided"]
    assert all(str(opinion.by) in each.words for each in late), late
    assert all(str(taker) in each.words for each in refused(said) if each.code == "handed_over")


def test_who_handed_over_is_refused_over_the_interface_too(stage: Offices, case: Case) -> None:
    """The same two acts of one approver at the same moment: he decides or hands over, never both."""
    body = asked(case)
    giver, taker = approvers(body, 2)
    data = {"body": str(body.uid)}
    opinion_of = {**data, "verdict": "pass", "seen_hash": case.content_hash}

    def act(index: int) -> tuple[int, str]:
        client = APIClient(raise_request_exception=False, headers={"If-Match": "*"})
        client.force_authenticate(giver)
        path, body_of = (
            ("hand-over", {**data, "taker": str(taker.uid), "reason": "分管"})
            if index % 2
            else ("opinions", opinion_of)
        )
        answer = client.post(f"/api/v1/cases/{case.uid}/{path}/", body_of, format="json")
        return answer.status_code, answer.content.decode()

    said = together(8, act)
    assert not refused(said), said
    codes = sorted(each.value[0] for each in said)
    assert codes == [201, *[409] * 7], codes
    decided, handed = Opinion.objects.filter(case=case).count(), CaseHandover.objects.filter(ask__case=case).count()
    assert decided + handed == 1
    who = str(giver if decided else taker)
    told = [each.value[1] for each in said if each.value[0] == 409]
    assert all(who in words or "已由" in words for words in told), told


def test_an_approver_and_his_delegates_decide_once(stage: Offices, case: Case) -> None:
    """Four hold delegations of four: whoever comes first decides, with the name of whom he stands for."""
    body = asked(case)
    people = approvers(body, 8)
    clerks = [clerk(body, n) for n in range(4)]
    for principal, delegate in zip(people, clerks, strict=False):
        let(principal, delegate, body)

    def act(index: int) -> int:
        by = (*people[:4], *clerks)[index]
        return cases.give_opinion(
            by=by, at=AT, case=case, body=body, verdict=("pass", "return")[index % 2], reasons="理由"
        ).pk

    said = together(8, act)
    opinion = one_decision(case)
    assert [each.value for each in said if not each.error] == [opinion.pk]
    assert names(said) <= TOLD and all(str(opinion.by) in each.words for each in refused(said)), said
    stands = {delegate.pk: principal.pk for principal, delegate in zip(people, clerks, strict=False)}
    assert opinion.for_user_id == stands.get(opinion.by_id)


@pytest.mark.parametrize("attempt", range(2))
def test_a_delegation_taken_back_opens_nothing_afterwards(stage: Offices, case: Case, attempt: int) -> None:
    """The delegate decides while his principal takes the delegation back: before it or not at all."""
    body = asked(case)
    principal, delegate = approvers(body, 1)[0], clerk(body, 0)
    row = let(principal, delegate, body)

    def act(index: int) -> str:
        if index:
            return str(desks.revoke(by=principal, at=AT, delegation=row).pk)
        return str(cases.give_opinion(by=delegate, at=AT, case=case, body=body, verdict="pass").pk)

    said = together(2, act)
    assert not said[1].error, "taking back always works"
    assert Delegation.objects.get(pk=row.pk).revoked_at is not None
    if said[0].error:
        assert said[0].error == "Forbidden" and not Opinion.objects.exists()
    else:
        assert one_decision(case).for_user == principal
    with pytest.raises((Forbidden, Refused)):
        cases.give_opinion(by=User.objects.get(pk=delegate.pk), at=AT, case=case, body=body, verdict="pass")


def test_handed_over_while_a_delegate_decides(stage: Offices, case: Case) -> None:
    """The approver hands over to a colleague while his delegate decides for him: after the hand-over the delegate stands for nobody."""
    body = asked(case)
    principal, taker = approvers(body, 2)
    delegate = clerk(body, 0)
    let(principal, delegate, body)

    def act(index: int) -> Any:
        if index:
            return desks.hand_over(by=principal, at=AT, case=case, body=body, taker=taker, reason="分管").pk
        return cases.give_opinion(by=delegate, at=AT, case=case, body=body, verdict="pass").pk

    said = together(2, act)
    assert [bool(each.error) for each in said].count(False) == 1, said
    if said[0].error:
        assert said[0].code == "handed_over" and str(taker) in said[0].words
        with pytest.raises(Refused):
            cases.give_opinion(by=principal, at=AT, case=case, body=body, verdict="pass")
        cases.give_opinion(by=taker, at=AT, case=case, body=body, verdict="pass")
        assert one_decision(case).by == taker
    else:
        assert said[1].code == "already_decided" and str(delegate) in said[1].words
        assert one_decision(case).for_user == principal


def clerk(body: Body, number: int) -> User:
    """Somebody of the body who decides nothing in his own right."""
    user = house.create_user(
        by=None, at=AT, username=f"standin{number}", name=f"代办{number}", password="long-enough-1", must_change_password=False
    )  # fmt: skip
    house.appoint(by=None, at=AT, today=TODAY, user=user, body=body, role="clerk")
    return user


def let(principal: User, delegate: User, body: Body) -> Delegation:
    """Delegate for a week."""
    return desks.delegate(
        by=principal, at=AT, today=TODAY, body=body, delegate=delegate, since=TODAY, until=TODAY + dt.timedelta(days=7), reason="出差"
    )  # fmt: skip
