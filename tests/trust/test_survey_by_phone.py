"""A survey answered by telephone: an owner's number stands for his homes, any other number reads the same and opens nothing."""

import datetime as dt
import re
from collections.abc import Callable

import pytest
from django.test import Client

from approvals.models import Survey, SurveyAnswer
from approvals.surveys.actions import create_survey, open_survey
from communities.models import Home
from tests.cast import AT, TODAY
from tests.trust.rows import PHONE, Rows

pytestmark = pytest.mark.django_db
Outbox = Callable[[], list[str]]


@pytest.fixture
def survey(rows: Rows) -> Survey:
    """Open in the community of the owner with the telephone."""
    clerk = rows.users["clerk"]
    draft = create_survey(by=clerk, at=AT, community=rows.community, kind="willingness", until=TODAY + dt.timedelta(9))
    return open_survey(by=clerk, at=AT, survey=draft)


def enters(survey: Survey, outbox: Outbox, number: str = PHONE) -> Client:
    """The number, and the last code that went out."""
    client = Client()
    client.post(f"/surveys/{survey.uid}/phone/", {"phone": number})
    client.post(f"/surveys/{survey.uid}/sms/", {"code": re.findall(r"\b\d{6}\b", outbox()[-1])[0]})
    return client


def test_an_owner_answers_for_his_home_and_gets_a_receipt(rows: Rows, survey: Survey, outbox: Outbox) -> None:
    path = f"/surveys/{survey.uid}/"
    assert f"{path}phone/" in Client().get(path).content.decode()
    client, home = enters(survey, outbox), Home.objects.get(building__community=rows.community, room="101")
    page = client.get(f"{path}home/").content.decode()
    assert f'value="{home.pk}"' in page and page.count('name="home"') == 1
    given = {"home": str(home.pk), "role": "owner", "choice": "agree", "words": "<script>alert(1)</script>"}
    checked = client.post(path, {**given, "step": "check"}).content.decode()
    assert "尚未提交" in checked and "&lt;script&gt;" in checked and "<script>alert" not in checked
    sent = client.post(path, {**given, "step": "send"}, follow=True)
    answer = SurveyAnswer.objects.get(sheet__survey=survey)
    page = sent.content.decode()
    assert (answer.home, answer.channel, answer.by) == (home, "online", None) and answer.receipt in page
    assert "<script>alert" not in page
    assert "已答过" in client.get(f"{path}home/").content.decode()


def test_a_home_of_others_or_a_visit_that_is_over_answers_nothing(
    rows: Rows, survey: Survey, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, client = f"/surveys/{survey.uid}/", enters(survey, outbox)
    own = str(Home.objects.get(building__community=rows.community, room="101").pk)
    other = Home.objects.exclude(pk=int(own)).values_list("pk", flat=True).first()
    for chosen in (str(other), "", "x", "²", "9" * 40, "-1", "\x00"):
        answer = client.post(path, {"home": chosen, "role": "owner", "choice": "agree", "step": "send"})
        assert answer.status_code == 409 and "重新验证" in answer.content.decode(), chosen
    stranger = Client().post(path, {"home": own, "role": "owner", "choice": "agree", "step": "send"})
    assert stranger.headers["Location"] == f"{path}phone/"
    monkeypatch.setattr("offices.clock.timezone.now", lambda: AT + dt.timedelta(minutes=21))
    assert client.post(path, {"home": own, "step": "send"}).headers["Location"] == f"{path}phone/"
    assert not SurveyAnswer.objects.filter(sheet__survey=survey).exists()


def test_an_unknown_number_reads_the_same(survey: Survey, outbox: Outbox) -> None:
    pages = set()
    for number in (PHONE, "13700000000"):
        page = Client().post(f"/surveys/{survey.uid}/phone/", {"phone": number}, follow=True).content.decode()
        pages.add(re.sub(r'value="[^"]{20,}"', "", page))
    assert len(pages) == 1 and len(outbox()) == 1
