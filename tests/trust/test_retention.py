"""What may no longer be kept is erased, what is evidence stays, and a person's name goes when he asks, without breaking anything."""

import datetime as dt
import io
import json
import logging
from typing import Any

import pytest
from axes.models import AccessFailureLog, AccessLog
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from approvals.models import Remark, RemarkPerson
from communities.models import Complainant, Complaint
from offices import history, invitations
from offices.models import HistoryEntry, HistoryReason, Invitation
from renovation import retention
from renovation.environment import RETAINED, BadEnvironment
from renovation.environment import retention as read
from renovation.logs import formatter
from tests.cast import AT
from tests.trust.rows import ID_NUMBER, OWNER, PHONE, Rows

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
YEARS = retention.THREE_YEARS * DAY


@pytest.fixture
def rows(played: tuple[Rows, dict[str, Client]]) -> Rows:
    """What stands on the stage of the module."""
    return played[0]


@pytest.fixture
def browsers(played: tuple[Rows, dict[str, Client]]) -> dict[str, Client]:
    """A browser for each role."""
    return played[1]


@pytest.fixture
def logs(rows: Rows) -> None:
    """Two of each kind, one of them old."""
    for model in (AccessLog, AccessFailureLog):
        for age in (10, 201):
            row = model.objects.create(username="u", ip_address="10.0.0.1", user_agent="x", path_info="/")
            model.objects.filter(pk=row.pk).update(attempt_time=AT - age * DAY)


def test_what_is_past_its_period_goes_and_the_rest_stays(rows: Rows, logs: None) -> None:
    Complaint.objects.filter(pk=rows.complaint.pk).update(state="answered", updated_at=AT)
    old = invitations.invite(
        by=rows.users["system"], at=AT, body=rows.body, role="clerk", username="lai.guo", name="来过", email="a@example.org"
    ).invitation  # fmt: skip
    said = io.StringIO()
    call_command("retention", "--dry-run", stdout=said)
    assert AccessLog.objects.filter(username="u").count() == 2 and "登录后 200 天，将清除 1 行" in said.getvalue()
    gone = retention.erase(AT)
    assert (
        gone["sign_ins"] == gone["failed_sign_ins"] == 1 and not gone["complaint_persons"] and not gone["invitations"]
    )
    before = (Complaint.objects.count(), Remark.objects.count(), HistoryEntry.objects.count())
    persons = Complainant.objects.filter(complaint=rows.complaint)
    assert retention.erase(AT + YEARS)["complaint_persons"] == 0 and persons.exists()
    gone = retention.erase(AT + YEARS + DAY)
    assert gone["complaint_persons"] == 1 and not persons.exists()
    assert RemarkPerson.objects.exists(), "an open objection keeps who waits for its answer"
    assert (Invitation.objects.get(pk=old.pk).name, Invitation.objects.get(pk=old.pk).email) == ("", "")
    assert (Complaint.objects.count(), Remark.objects.count(), HistoryEntry.objects.count()) == before
    assert not any(retention.erase(AT + YEARS + DAY).values()), "a second run finds nothing"
    history.seal(at=AT)
    assert history.verify().broken is None


def test_periods_are_settings_and_the_law_sets_a_floor(rows: Rows, logs: None, settings: Any) -> None:
    settings.RETENTION = read("complaint_persons=30, sign_ins=400")
    assert retention.erase(AT)["sign_ins"] == 0
    assert {period.key for period in retention.PERIODS} == set(RETAINED)
    for wrong in ("sign_ins=100", "nothing=3", "sms", "sms=-1"):
        with pytest.raises(BadEnvironment):
            read(wrong)


def test_the_page_says_period_source_and_what_is_due(rows: Rows, logs: None, browsers: dict[str, Client]) -> None:
    page = browsers["audit"].get("/staff/retention/").content.decode()
    assert "网络安全法" in page and "会计档案管理办法" in page and "三年诉讼时效" in page
    assert browsers["clerk"].get("/staff/retention/").status_code == 403


REVEALS: dict[str, Any] = {  # every place that opens what is masked: its address, and the act that it records
    "person": (lambda rows: reverse("communities:person", args=[rows.person.uid]), "person.reveal"),
    "complaint": (lambda rows: reverse("communities:reveal_complaint", args=[rows.complaint.uid]), "complaint.reveal"),
    "remark": (lambda rows: reverse("approvals:reveal_remark", args=[rows.notices.remark.uid]), "remark.reveal"),
    "objection": (
        lambda rows: reverse("approvals:vote_contact", args=[rows.objection.vote.uid, rows.objection.uid]), "vote.open_contact",
    ),
}  # fmt: skip


@pytest.mark.rule("N-06")
def test_every_reveal_asks_a_reason_and_is_recorded(rows: Rows, browsers: dict[str, Client]) -> None:
    for name, (address, action) in REVEALS.items():
        url, acts = address(rows), HistoryEntry.objects.filter(action=action)
        for reason in ("", "  "):
            answer = browsers["clerk"].post(url, {"reason": reason}, follow=True)
            assert "已记录" not in answer.content.decode() and not acts.exists(), name
        answer = browsers["clerk"].post(url, {"reason": "核实身份"})
        assert answer.status_code == 200 and acts.count() == 1 and acts.get().by == rows.users["clerk"], name
        assert "no-store" in answer["Cache-Control"], name


def test_no_other_address_opens_what_is_masked() -> None:
    """Whoever adds a place that opens values gives it its act, and puts it into the table above."""
    from offices.acts import ACTIONS  # noqa: PLC0415

    opening = {action for action in ACTIONS if action.endswith((".reveal", ".open_contact"))}
    assert opening == {action for _, action in REVEALS.values()}


def test_a_persons_name_goes_when_he_asks_and_his_words_stay(rows: Rows, browsers: dict[str, Client]) -> None:
    cases: tuple[tuple[str, Any, Any, str], ...] = (
        (
            "communities:erase_complainant",
            rows.complaint,
            Complainant.objects.filter(complaint=rows.complaint),
            "complaint.erase",
        ),
        (
            "approvals:erase_remark",
            rows.notices.remark,
            RemarkPerson.objects.filter(remark=rows.notices.remark),
            "remark.erase",
        ),
    )
    for name, row, person, action in cases:
        url, text = reverse(name, args=[row.uid]), row.text
        assert person.exists()
        browsers["clerk"].post(url, {"reason": ""})
        assert person.exists(), "not without a reason"
        assert browsers["auditor"].post(url, {"reason": "x"}).status_code in {302, 403} and person.exists()
        assert (
            browsers["clerk"].post(url, {"reason": "本人来电要求，已核对"}).status_code == 302 and not person.exists()
        )
        act = HistoryEntry.objects.get(action=action)
        assert HistoryReason.objects.get(entry=act).text == "本人来电要求，已核对"
        row.refresh_from_db()
        assert row.text == text and "没有留下" in browsers["clerk"].get(url.replace("erase/", "")).content.decode()
    history.seal(at=AT)
    assert history.verify().broken is None


def test_no_log_line_holds_what_people_typed_or_saw(rows: Rows, browsers: dict[str, Client]) -> None:
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(formatter())
    logging.getLogger().addHandler(handler)
    try:
        guest, clerk = Client(headers={"User-Agent": "canary-agent"}, REMOTE_ADDR="10.77.66.55"), browsers["clerk"]
        for _ in range(6):
            guest.post(reverse("offices:login"), {"username": "canary.user", "password": "Canary-mima-1"})
        guest.get("/", {"q": "金丝雀"})
        guest.post(reverse("portal:subscribe", args=[rows.community.uid]), {"address": "canary@example.org"})
        for address, _ in REVEALS.values():
            clerk.post(address(rows), {"reason": "金丝雀理由"})
        clerk.post(reverse("offices:recovery_codes"), {"code": "canary-code"})
        clerk.post(reverse("communities:erase_complainant", args=[rows.complaint.uid]), {"reason": "金丝雀理由"})
        retention.erase(AT)
    finally:
        logging.getLogger().removeHandler(handler)
    lines = [json.loads(line) for line in written.getvalue().splitlines()]
    finished = [line for line in lines if line["event"] == "request_finished"]
    assert len(finished) >= 10 and all(len(line["request_id"]) == 36 for line in finished)
    for personal in ("anary", "金丝雀", PHONE, ID_NUMBER, OWNER, "10.77.66.55"):
        assert personal not in written.getvalue(), personal
