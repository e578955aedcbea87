"""An owner's own data are all that the tables hold of him: each personal column of the platform is in his file, or is said why not."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from approvals import notices
from approvals.codes import issue_letters
from approvals.models import Ballot, Counting, Proxy, VoteObjectionPerson
from approvals.surveys.actions import create_survey, open_survey
from approvals.surveys.answers import give_answer
from approvals.votes.online import shown_receipt
from communities.actions.complaints import file_complaint
from communities.models import Home
from offices import sms
from projects.models import ProjectCommunity, ResidentSupervisor
from tests.cast import AT, TODAY
from tests.trust.rows import OWNER, PHONE, Rows
from tests.trust.test_canaries import PERSONAL

pytestmark = pytest.mark.django_db
# Where each table's columns stand in the file.
IN = {
    "approvals.Ballot": "votes", "approvals.Proxy": "votes", "approvals.Remark": "said", "approvals.RemarkPerson": "said",
    "approvals.SurveyAnswer": "surveys", "approvals.VoteObjection": "said", "approvals.VoteObjectionPerson": "said",
    "communities.Agency": "agents", "communities.Complainant": "complaints", "communities.Complaint": "complaints",
    "communities.Person": "persons", "offices.SmsMessage": "short_messages", "projects.ResidentSupervisor": "supervises",
}  # fmt: skip
NOT_HIS = {
    "approvals.RollVoter": "his pseudonym: whoever has it finds his ballot in the published evidence",
    "offices.Follower": "an address that nobody can tell to be his; its own letters delete it",
    "offices.Invitation": "staff", "offices.User": "staff",
}  # fmt: skip


def test_every_table_with_personal_columns_is_in_the_file_or_said_why_not() -> None:
    assert {*IN, *NOT_HIS} == set(PERSONAL)


def remark(rows: Rows, name: str, phone: str) -> None:
    """On a notice of the community."""
    words = {
        "title": "停水通知",
        "text": "换管道",
        "communities": [rows.community],
        "own_days": 5,
        "own_counted_in": "calendar_days",
    }
    draft = notices.create_notice(by=rows.users["clerk"], at=AT, kind="generic", values=words)
    notice = notices.post_notice(by=rows.users["clerk"], at=AT, today=TODAY, notice=draft)
    given = {"kind": "opinion", "text": "不要砍树", "name": name, "phone": phone, "community": str(rows.community.uid)}
    notices.send_remark(at=AT, today=TODAY, notice=notice, given=given)


def did(rows: Rows) -> str:
    """The owner does everything that owners do; the receipt of his ballot."""
    clerk, place = rows.users["clerk"], rows.community
    by: dict[str, Any] = {"by": clerk, "at": AT}
    given = {"category": "noise", "text": "我的投诉", "name": OWNER, "phone": PHONE}
    file_complaint(by=None, at=AT, today=TODAY, community=place, given=given)
    remark(rows, OWNER, f"{PHONE[:3]} {PHONE[3:]}")
    VoteObjectionPerson.objects.update(name=OWNER, phone=PHONE)
    home = Home.objects.get(building__community=place, room="101")
    survey = open_survey(
        **by, survey=create_survey(**by, community=place, kind="willingness", until=TODAY + dt.timedelta(9))
    )
    give_answer(**by, survey=survey, role="owner", choice="agree", channel="door", home=home, words="我的心里话")
    vote = rows.running
    voter = vote.voters.get()
    ballot = Ballot.objects.create(
        vote=vote, voter=voter, area=voter.area, choice="oppose", channel="online", received_at=AT, entered_at=AT,
        receipt="ABCD2345EFGH6789",
    )  # fmt: skip
    Counting.objects.create(vote=vote, voter=voter, ballot=ballot)
    Proxy.objects.create(
        vote=vote,
        voter=voter,
        name="令狐代理",
        agent_key="k",
        entered_by=clerk,
        entered_at=AT,
        created_at=AT,
        updated_at=AT,
    )
    sms.send(event="own", phone=PHONE, masked="139****5678", text="x", subject=place, at=AT)
    project = (
        ProjectCommunity.objects.filter(community=place).values_list("project", flat=True).first() or rows.project.pk
    )
    ProjectCommunity.objects.get_or_create(project_id=project, community=place)
    ResidentSupervisor.objects.create(
        project_id=project, name=OWNER, phone=PHONE, since=TODAY, created_at=AT, updated_at=AT
    )
    return shown_receipt(ballot.receipt)


def test_his_file_holds_all_of_it_and_nothing_of_others(rows: Rows) -> None:
    receipt = did(rows)
    code = issue_letters(subject=rows.community, holders=[str(rows.person.uid)], at=AT)[str(rows.person.uid)]
    client, path = Client(), f"/c/{rows.community.uid}/mine/"
    assert client.post(path, {"code": code}).status_code == 302
    own, page = client.get(f"{path}export.json").json(), client.get(path).content.decode()
    assert all(own[section] for section in IN.values()), {name: bool(own[name]) for name in IN.values()}
    said = {row["text"] for row in own["said"]}
    assert said == {"不要砍树", "重新计票"} and own["complaints"][-1]["text"] == "我的投诉"
    vote = next(row for row in own["votes"] if row["receipt"])
    assert (vote["receipt"], vote["choice"], vote["proxy"]) == (receipt, "反对", "令**")
    assert own["surveys"][0]["words"] == "我的心里话" and own["short_messages"][0]["to"] == "139****5678"
    for words in (
        "不要砍树",
        "重新计票",
        "我的投诉",
        "我的心里话",
        "令** 代为投票",
        "居民监督员",
        "发给您的短信",
        "谁能代您办理",
    ):
        assert words in page, words
    for text in (page, str(own)):
        assert not [value for value in ("令狐代理", "司马秘密", "上官秘密", PHONE, "13800001111") if value in text]


def test_what_somebody_else_says_in_his_name_or_with_his_number_is_not_shown_to_him(rows: Rows) -> None:
    remark(rows, OWNER, "13999999999")
    remark(rows, "别人", PHONE)
    VoteObjectionPerson.objects.update(name="别人", phone=PHONE)
    code = issue_letters(subject=rows.community, holders=[str(rows.person.uid)], at=AT)[str(rows.person.uid)]
    client, path = Client(), f"/c/{rows.community.uid}/mine/"
    client.post(path, {"code": code})
    assert client.get(f"{path}export.json").json()["said"] == []
