"""Attacks that once went through, and those that must never: taking over accounts, going around a route, changing what was approved."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from approvals import cases
from approvals.models import Case, CaseAsk, GateException
from communities import actions as register
from communities.models import Community, Person
from offices import actions as offices
from offices.models import HistoryEntry, Membership, User
from policies.refusal import Forbidden, Refused
from projects import actions
from projects.models import AnnualPlan
from renovation.demonstration.story import Story
from tests.cast import AT, TODAY
from tests.trust.rows import ID_NUMBER, NUMBER, OWNER, PHONE, PLACE, Rows

DAY = dt.timedelta(days=1)


def decide(case: Case, verdict: str = "pass", most: int = 99) -> None:
    """Opinions of the bodies that owe one, in turn."""
    for _ in range(most):
        ask = CaseAsk.objects.filter(case=case, asked_at__isnull=False, answered_at__isnull=True).order_by("pk").first()
        if ask is None:
            return
        by = Membership.objects.filter(body=ask.body, role="approver", active=True)[0].user
        cases.give_opinion(
            by=by, at=AT, today=TODAY, case=case, body=ask.body, verdict=verdict, reasons="理由", document_number=NUMBER
        )  # fmt: skip


# Accounts


def test_a_place_that_someone_left_does_not_open_his_account(rows: Rows) -> None:
    """A county's security administrator set the password of whoever had once worked there, and signed in as him."""
    guard, gone = rows.users["security"], rows.membership.user
    elsewhere = rows.offices.body("潞州区", "housing")
    offices.appoint(by=None, at=AT, today=TODAY, user=gone, body=elsewhere, role="approver")
    gone = User.objects.get(pk=gone.pk)
    with pytest.raises(Forbidden):
        offices.change_password(by=guard, at=AT, user=gone, password="Chushi-mima-77")
    with pytest.raises(Forbidden):
        offices.set_active(by=guard, at=AT, user=gone, active=False)
    offices.dismiss(by=rows.users["system"], at=AT, today=TODAY, membership=rows.membership)
    with pytest.raises(Forbidden):
        offices.change_password(by=guard, at=AT, user=gone, password="Chushi-mima-77")


def test_nobody_takes_the_system_over_by_giving_its_root_a_post(rows: Rows) -> None:
    """Appointed into a county's office, a superuser became the county's to reset."""
    root = rows.users["root"]
    offices.appoint(by=rows.users["system"], at=AT, today=TODAY, user=root, body=rows.body, role="clerk")
    with pytest.raises(Forbidden):
        offices.change_password(by=rows.users["security"], at=AT, user=root, password="Chushi-mima-77")


def test_who_was_given_a_password_has_no_say_before_he_has_chosen_his_own(rows: Rows) -> None:
    """The security administrator signs in with the password that he set, and sees nothing."""
    user = rows.membership.user
    offices.change_password(by=rows.users["security"], at=AT, user=user, password="Chushi-mima-77")
    browser = Client()
    login = browser.post("/staff/login/", {"username": user.username, "password": "Chushi-mima-77"})
    assert (login.status_code, login["Location"]) == (302, "/staff/password/")
    assert browser.get(f"/staff/plans/{rows.draft.uid}/").status_code == 404


def test_a_session_is_renewed_at_login_and_ends_with_the_password(rows: Rows) -> None:
    """No session can be fixed beforehand; a changed password ends the others."""
    user = rows.membership.user
    first, second = Client(), Client()
    first.get("/staff/login/")
    before = first.session.session_key
    answers = [
        browser.post("/staff/login/", {"username": user.username, "password": "long-enough-1"})
        for browser in (first, second)
    ]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert first.session.session_key != before
    new = {"old_password": "long-enough-1", "new_password1": "Xin-mima-2026!", "new_password2": "Xin-mima-2026!"}
    assert first.post("/staff/password/", new).status_code == 302
    assert first.get("/staff/").status_code == 200
    assert second.get("/staff/").status_code == 302


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "http:evil"]
)
def test_no_page_sends_anybody_away(rows: Rows, browsers: dict[str, Client], target: str) -> None:
    """``next`` leads nowhere but here."""
    user = rows.membership.user
    login = Client().post("/staff/login/", {"username": user.username, "password": "long-enough-1", "next": target})
    switch = browsers["clerk"].post("/staff/view/", {"next": target})
    assert (login.status_code, login["Location"]) == (302, "/staff/")
    assert (switch.status_code, switch["Location"]) == (302, "/staff/")


def test_every_form_asks_for_its_token(rows: Rows) -> None:
    """A page of another site can't post for someone who is signed in; nor can it use the interface with his session."""
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(rows.users["clerk"], backend="offices.backend.StaffBackend")
    for url in (
        f"/staff/plans/{rows.draft.uid}/submit/", f"/staff/projects/{rows.project.uid}/advance/", "/staff/communities/new/",
        "/staff/password/", "/staff/keys/", "/staff/logout/", f"/staff/cases/{rows.case.uid}/withdraw/", "/staff/view/",
    ):  # fmt: skip
        assert browser.post(url, {}).status_code == 403, url
    answer = browser.post(
        f"/api/v1/plans/{rows.draft.uid}/submit/", {}, content_type="application/json", headers={"If-Match": "*"}
    )
    assert answer.status_code == 403


# Going around the route


def test_a_refused_plan_is_not_called_issued(rows: Rows) -> None:
    """A clerk entered a plan as issued before the platform after its government had refused it."""
    clerk = rows.users["clerk"]
    decide(rows.case, "refuse", 1)
    plan = AnnualPlan.objects.get(pk=rows.review.pk)
    assert plan.state == "refused"
    with pytest.raises(Refused) as refused:
        actions.enter_as_issued(by=clerk, at=AT, today=TODAY, plan=plan, document_number=NUMBER, issued_on=TODAY - DAY)
    assert refused.value.code == "plan_was_declared"


def test_a_returned_plan_is_not_called_issued(rows: Rows) -> None:
    """Nor after a return, while its case waits for it, nor after that case was taken back."""
    clerk = rows.users["clerk"]
    decide(rows.case, "return", 1)
    for _ in range(2):
        with pytest.raises(Refused) as refused:
            actions.enter_as_issued(
                by=clerk,
                at=AT,
                today=TODAY,
                plan=AnnualPlan.objects.get(pk=rows.review.pk),
                document_number=NUMBER,
                issued_on=TODAY - DAY,
            )
        assert refused.value.code == "plan_was_declared"
        if rows.case.state != "withdrawn":
            rows.case = cases.withdraw(by=clerk, at=AT, case=rows.case, reason="重做")


def test_what_is_issued_is_what_was_approved(rows: Rows) -> None:
    """The register went on learning while the plan was in review: the issued version said figures that no body had seen."""
    community = Community.objects.get(pk=_first(rows.review))
    city = rows.users["clerk"]
    register.change_community(
        by=city,
        at=AT,
        community=community,
        values={"household_count": 4000},
        expected_version=community.version,
        evidence="重新普查",
    )
    decide(rows.case)
    version = AnnualPlan.objects.get(pk=rows.review.pk).versions.get()
    assert version.content["totals"]["households"] == 40
    assert "gates" not in version.content


def _first(plan: AnnualPlan) -> int:
    return int(plan.lines.get().project.parts.get().community_id)


def test_projects_of_a_plan_in_review_stand_still(rows: Rows) -> None:
    """Facts choose the gates of a project; its investment is read by the bodies."""
    project = rows.review.lines.select_related("project").get().project
    for changes in ({"investment": Decimal(1)}, {"facts": {"elevator": True}}, {"name": "另一个"}):
        with pytest.raises(Refused) as refused:
            actions.change_project(by=rows.users["clerk"], at=AT, today=TODAY, project=project, changes=changes)
        assert refused.value.code == "plan_not_editable"


def test_a_paper_recorded_after_submission_changes_nothing_that_bodies_read(rows: Rows) -> None:
    """Content and gates are frozen; the paper stands in the register of papers for later steps."""
    line = rows.review.lines.select_related("project__division").get()
    before = (rows.case.content, rows.case.content_hash)
    Story(rows.offices).paper(
        PLACE, line.project, "plan_consent", {"households": 40, "agreeing": 1}, TODAY - DAY, title="后补", checked=False
    )
    case = Case.objects.get(pk=rows.case.pk)
    assert (case.content, case.content_hash) == before
    decide(case)
    assert AnnualPlan.objects.get(pk=rows.review.pk).state == "issued"


def test_lines_of_a_plan_in_review_can_not_be_touched(rows: Rows, browsers: dict[str, Client]) -> None:
    """Taken out, changed or added by the interface: 409, nothing moved."""
    line, api = rows.review.lines.get(), "/api/v1/plans/"
    url = f"{api}{rows.review.uid}/lines/{line.uid}/"
    head = {"If-Match": "*"}
    clerk = browsers["clerk"]
    body = {"project": str(rows.reserve.uid)}
    assert clerk.delete(url, headers=head).status_code == 409
    assert clerk.patch(url, {"remark": "改"}, content_type="application/json", headers=head).status_code == 409
    assert (
        clerk.post(f"{api}{rows.review.uid}/lines/", body, content_type="application/json", headers=head).status_code
        == 409
    )
    assert (
        clerk.post(f"{api}{rows.review.uid}/submit/", {}, content_type="application/json", headers=head).status_code
        == 409
    )
    assert rows.review.lines.count() == 1


def test_nobody_decides_what_he_submitted_not_even_the_root(rows: Rows) -> None:
    """With a second role, as a superuser, in another round: never his own; a superuser without a post never at all."""
    ask = CaseAsk.objects.filter(case=rows.case, asked_at__isnull=False).order_by("pk")[0]
    offices.appoint(by=None, at=AT, today=TODAY, user=rows.users["clerk"], body=ask.body, role="leader")
    with pytest.raises(Forbidden) as own:
        cases.give_opinion(
            by=User.objects.get(pk=rows.users["clerk"].pk), at=AT, case=rows.case, body=ask.body, verdict="pass"
        )
    assert own.value.code == "own_submission"
    with pytest.raises(Forbidden):
        cases.give_opinion(by=rows.users["root"], at=AT, case=rows.case, body=ask.body, verdict="pass")
    with pytest.raises(Forbidden) as not_asked:
        body = rows.offices.body(PLACE, "fire")
        cases.give_opinion(
            by=rows.offices.user(PLACE, "fire", "approver"), at=AT, case=rows.case, body=body, verdict="pass"
        )
    assert not_asked.value.code in {"body_not_asked", "not_yet_asked"}


SERVER_FACTS = (
    "state",
    "status",
    "stage",
    "version",
    "uid",
    "revision",
    "declared_on",
    "published",
    "county",
    "created_at",
)


@pytest.mark.parametrize("name", SERVER_FACTS)
def test_server_facts_are_not_taken_from_input(rows: Rows, browsers: dict[str, Client], name: str) -> None:
    """A field that only the server writes is refused by name, and changes nothing."""
    head = {"If-Match": "*"}
    for kind, row in (("plans", rows.draft), ("projects", rows.project), ("communities", rows.community)):
        answer = browsers["clerk"].patch(
            f"/api/v1/{kind}/{row.uid}/", {name: "issued"}, content_type="application/json", headers=head
        )
        assert answer.status_code == 400 and name in answer.json()["errors"], (kind, name)


def test_must_is_opened_by_number_issuer_and_day(rows: Rows, browsers: dict[str, Client]) -> None:
    """Each is asked for by the action; the database itself holds the number and the day."""
    url = f"/staff/projects/{rows.reserve.uid}/exception/?rule=RC-07&step=declare&evidence=plan_consent"
    whole = {"reason": "批准", "document_number": NUMBER, "issuer": "县政府", "issued_on": "2026-02-20"}
    for missing in whole:
        answer = browsers["clerk"].post(url, {**whole, missing: "  "})
        assert answer.status_code == 400, missing
    assert not GateException.objects.filter(subject_uid=rows.reserve.uid).exists()
    assert browsers["clerk"].post(url, {**whole, "issued_on": "2099-01-01"}).status_code == 400
    assert browsers["clerk"].post(url, whole).status_code == 302


# Personal values


def test_personal_values_stand_on_no_page_of_others(rows: Rows, browsers: dict[str, Client]) -> None:
    """Name, number and telephone of an owner: no page, list, export, history or problem holds them before someone gives a reason."""
    uid, home = rows.community.uid, f"/staff/communities/{rows.community.uid}/homes/"
    urls = [
        "/", f"/c/{uid}/", f"/places/{rows.county.uid}/", "/why/?name=秘密",
        "/api/v1/communities/", f"/api/v1/communities/{uid}/",
        *(f"/api/v1/communities/export/?format={kind}" for kind in ("jsonl", "csv")), f"/api/v1/communities/{uid}/homes/", home,
        f"/staff/communities/{uid}/", f"/staff/communities/persons/{rows.person.uid}/", "/staff/history/",
        "/staff/communities/export/?format=csv", "/staff/", f"/?q={PHONE[:3]}", "/staff/communities/?text=1",
        *(f"/c/{uid}/{part}" for part in ("money/", "follow/", "news.atom", "calendar.ics", "poster.pdf")),
        f"/overview/{rows.county.uid}/", "/open/projects.json", "/open/money.csv", "/open/statistics.csv",
        "/api/v1/disclosures/", "/staff/dashboard/projects/?year=2024", "/staff/money/reports/?report=payments&year=",
        "/staff/money/reports/file/?report=payments&year=&format=csv", "/staff/money/reports/file/?report=plans&year=&format=csv",
    ]  # fmt: skip
    for url in urls:
        for role in ("anonymous", "foreign", "clerk", "auditor", "root"):
            answer = browsers[role].get(url)
            text = b"".join(answer) if answer.streaming else answer.content
            for canary in (ID_NUMBER, PHONE, OWNER):
                assert canary.encode() not in text and canary not in text.decode(errors="ignore"), (role, url)
    assert (
        OWNER
        in browsers["clerk"].post(f"/staff/communities/persons/{rows.person.uid}/", {"reason": "核对"}).content.decode()
    )
    assert not any(
        canary in str(entry.data) for entry in HistoryEntry.objects.all() for canary in (ID_NUMBER, PHONE, OWNER)
    )


def test_an_uploaded_roll_is_no_way_around_the_masks(rows: Rows, browsers: dict[str, Client]) -> None:
    """The file itself stood open to everybody of the place and above, its number in the history."""
    text = f"楼栋,单元,房号,业主姓名,证件号码,联系电话,专有面积,面积来源\n1号楼,1,102,{OWNER},{ID_NUMBER},{PHONE},80,登记簿\n"
    source = register.upload_import(
        by=rows.membership.user, at=AT, kind="roll", division=rows.county, upload=SimpleUploadedFile("业主.csv", text.encode()),
        options={"community": str(rows.community.uid)},
    )  # fmt: skip
    for role in ("clerk", "approver", "auditor", "system", "audit", "root"):
        assert browsers[role].get(f"/staff/files/{source.file.uid}/").status_code == 404, role
    source = register.read_import(source=source, at=AT)
    for url in (
        f"/staff/communities/imports/{source.uid}/",
        f"/api/v1/imports/{source.uid}/rows/",
        f"/api/v1/imports/{source.uid}/",
    ):
        for tab in ("", "?tab=new", "?tab=error", "?tab=update") if url.startswith("/staff") else ("",):
            shown = browsers["auditor"].get(url + tab).content.decode()
            assert not any(canary in shown for canary in (ID_NUMBER, PHONE, OWNER)), url
    assert Person.objects.filter(name=OWNER).count() == 1
