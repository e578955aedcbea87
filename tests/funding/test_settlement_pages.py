"""The settlement in the requests of a browser and over REST: the same refusals, the same figures."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from funding.models import Fund, Settlement
from tests.cast import AT
from tests.funding.stage import Money, everything
from tests.funding.test_pages import browser, send, text
from tests.funding.test_settlement import Works, report

pytestmark = pytest.mark.django_db
BAD = ("0.001", "1e30", "NaN", "-5", "", "一百", "１００")


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The stage's day."""
    monkeypatch.setattr("offices.clock.timezone.now", lambda: AT)


def test_the_whole_way_through_the_pages(ruicheng: Money, django_assert_max_num_queries: Any) -> None:
    works = Works(ruicheng)
    clerk, checker, releaser = (browser(ruicheng, role) for role in ("clerk", "checker", "releaser"))
    url = f"/staff/money/projects/{works.project.uid}/settlement/"
    assert "登记评审结果" in text(clerk, url)
    form: dict[str, Any] = {
        "reviewer": "运城某会计师事务所", "report_number": "运审〔2026〕8号", "reviewed_on": "2026-2-10", "county_ratio": "2/3",
        "ratio_paper": "芮政纪要〔2026〕2号", "item0-amount": "650,000.00", "item0-paper": "第3页", "item1-amount": "201000",
        "item1-paper": "第5页", "key": "once",
    }  # fmt: skip
    before = everything()
    for wrong in BAD:
        page = clerk.post(f"{url}enter/", {**form, "item0-amount": wrong})
        assert page.status_code == 400 and "field-error" in page.content.decode(), wrong
    page = clerk.post(f"{url}enter/", form)
    assert page.status_code == 400 and "超出计划 1,000.00 元" in page.content.decode() and everything() == before
    form |= {"item1-reason": "管径加大", "item1-payer": "county"}
    send(clerk, f"{url}enter/", **form)
    row = Settlement.objects.get()
    assert "上传评审报告" in text(clerk, url) and "与评审报告一致，复核" not in text(checker, url)
    send(clerk, f"/staff/money/settlements/{row.uid}/report/", file=report())
    assert "与评审报告一致，复核" not in text(clerk, url)
    assert checker.get(url).content.decode().count("与评审报告一致，复核") == 1
    send(checker, f"/staff/money/settlements/{row.uid}/decide/", decision="confirm")
    refused = releaser.post(f"/staff/money/settlements/{row.uid}/decide/", {"decision": "close"})
    assert refused.status_code == 409 and "没有支付" in refused.content.decode()
    works.pay(central="557142.86", residents="92857.14", county="200000.00")
    with django_assert_max_num_queries(30):
        assert "还有" not in text(releaser, url)
    assert releaser.get(f"/staff/money/settlements/{row.uid}/sheet/").headers["Content-Type"] == "application/pdf"
    assert (
        browser(ruicheng, "clerk").post(f"/staff/money/settlements/{row.uid}/decide/", {"decision": "x"}).status_code
        == 404
    )


def test_the_same_over_rest(ruicheng: Money) -> None:
    works, clients = Works(ruicheng), {}
    for role in ("clerk", "checker", "releaser", "leader"):
        clients[role] = APIClient()
        clients[role].force_authenticate(ruicheng.user(role))
    body: dict[str, Any] = {
        "project": str(works.project.uid), "reviewer": "事务所", "report_number": "8号", "reviewed_on": "2026-02-10",
        "county_ratio": "60%", "ratio_paper": "纪要",
        "items": [{"item": "道路", "amount": "650000.00", "paper": "3"}, {"item": "供水", "amount": "190000.00", "paper": "5"}],
    }  # fmt: skip
    before = everything()
    for wrong in (*BAD, 1.5, None):
        items = [{**body["items"][0], "amount": wrong}, body["items"][1]]
        answer = clients["clerk"].post("/api/v1/settlements/", {**body, "items": items}, format="json")
        assert answer.status_code == 400 and "amount" in str(answer.json()["errors"]), wrong
    assert everything() == before
    once = {"HTTP_IDEMPOTENCY_KEY": "settle-1"}
    made = clients["clerk"].post("/api/v1/settlements/", body, format="json", **once)
    assert made.status_code == 201 and made.json()["county_owes"] == "84000.00" and made.json()["rule"] == "RC-21"
    assert (
        clients["clerk"].post("/api/v1/settlements/", body, format="json", **once).json()["uid"] == made.json()["uid"]
    )
    other = {**body, "report_number": "9号"}
    assert clients["clerk"].post("/api/v1/settlements/", other, format="json", **once).status_code == 422
    url = f"/api/v1/settlements/{made.json()['uid']}/"

    def act(role: str, word: str, **given: Any) -> Any:
        return clients[role].post(f"{url}{word}/", given, format="json", HTTP_IF_MATCH=clients[role].get(url)["ETag"])

    file = clients["clerk"].post(f"{url}report/", {"file": report()}, format="multipart", HTTP_IF_MATCH="*")
    assert file.status_code == 200 and act("clerk", "confirm").status_code == 403
    assert act("checker", "confirm").status_code == 200
    works.pay(central="557142.86", residents="92857.14", county="190000.00")
    assert act("checker", "close").status_code == 403 and act("releaser", "close").json()["state"] == "closed"
    money = clients["clerk"].get(f"/api/v1/funds/{works.central.uid}/").json()
    assert (money["planned"], money["available"]) == ("557142.86", "16714.29")
    assert act("clerk", "ask-reopening", reason="误", paper="文").status_code == 200
    assert act("leader", "reopen").json()["state"] == "reopened"
    assert not Fund.objects.filter(settlement__isnull=False).exists()
