"""What the people of an office do between two tries of a step, each thing on its own page and checked by a second person."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from approvals.models import Case, CaseAsk, Notice, Paper, Remark, Survey
from communities.models import Community
from projects.models import AnnualPlan, Project, Scheme, SchemeItem
from tests.life.stage import Act, Person, Walk

SCAN = ("扫描件.txt", "与原件一致".encode())
VOTE = {
    "total_area": "3000.00", "total_heads": "30", "participating_area": "2000.00", "participating_heads": "20",
    "agreeing_area": "1500.00", "agreeing_heads": "15",
}  # fmt: skip


# -- the register, the reserve, the plan


def register(walk: Walk, neighbourhood: str, name: str = "迎春小区", **values: Any) -> Community:
    """Enter a community of thirty homes."""
    division = walk.offices.divisions[neighbourhood]
    facts = {
        "name": name, "address": "迎春路8号", "built_text": "1994", "building_count": 2, "household_count": 30,
        "property_right": "reformed", "floor_area": "3000.00", "in_town": True, "state_owned": False, "heritage": True,
    }  # fmt: skip
    body = {"division": str(division.uid), "evidence": "住宅小区调查表", **facts, **values}
    response = walk.clerk.api("POST", "communities/", {key: value for key, value in body.items() if value is not None})
    assert response.status_code == 201, response.text
    return Community.objects.get(uid=response.json()["uid"])


def correct(walk: Walk, community: Community, **values: Any) -> None:
    """Correct the register on the community's page, with the paper that shows it."""
    walk.clerk.fill(f"/staff/communities/{community.uid}/edit/", {**values, "evidence": "不动产登记簿复核"})


def put_into_plan(walk: Walk, community: Community, year: int, *others: Community) -> None:
    """Open the year's plan and take the community in from the register."""
    clerk = walk.clerk
    clerk.fill("/staff/plans/", {"division": str(walk.offices.divisions[walk.county].uid), "year": year}, "新建")
    walk.plan = AnnualPlan.objects.get(division__name=walk.county, year=year)
    chosen = [str(row.uid) for row in (community, *others)]
    clerk.fill(f"/staff/plans/{walk.plan.uid}/lines/", {"community": chosen}, "列入计划")
    walk.project = Project.objects.get(parts__community=community)


def describe(walk: Walk, **values: Any) -> None:
    """What the project says of itself: facts, works, money from the centre."""
    walk.clerk.fill(f"{walk.page}edit/", values)


def hazard(walk: Walk, community: Community, kind: str, words: str) -> None:
    """A hazard of the survey (YL-16)."""
    response = walk.clerk.api("POST", f"communities/{community.uid}/hazards/", {"kind": kind, "description": words})
    assert response.status_code == 201, response.text


# -- papers


def exception(walk: Walk, rule: str, step: str, evidence: str, reason: str) -> Act:
    """An in_principle gate: the clerk may not open it, a leader's reason does."""

    def do() -> None:
        at = f"{walk.page}exception/?rule={rule}&step={step}&evidence={evidence}"
        assert walk.clerk.get(at).press("登记", {"reason": reason}).status == 403
        walk.leader.fill(at, {"reason": reason}, "登记")

    return Act((evidence,), do)


def paper(
    walk: Walk, key: str, *, short: Mapping[str, Any] | None = None, of_plan: bool = False, **figures: Any
) -> Act:
    """A recorded paper that a second person checks; with ``short`` first one that falls short of the figures."""

    def do() -> None:
        if short is not None:
            _record(walk, key, {**figures, **short}, of_plan)
            assert any(d.evidence == key for d in walk.waiting(walk.step)), f"{key} passed with {short}"
        _record(walk, key, figures, of_plan)

    return Act((key,), do)


def _record(walk: Walk, key: str, figures: Mapping[str, Any], of_plan: bool) -> None:
    where = f"/staff/plans/{walk.plan.uid}/paper/{key}/" if of_plan else f"{walk.page}papers/{key}/"
    home = f"/staff/plans/{walk.plan.uid}/" if of_plan else walk.page
    form = walk.clerk.get(where).form("保存")
    ticks = {name: "on" for name in form.boxes if name.removeprefix("figure-") not in figures}
    given = {f"figure-{name}": value for name, value in figures.items() if value is not False}
    walk.clerk.fill(where, {**ticks, **given, "day": walk.day.isoformat()}, file=SCAN)
    entered = Paper.objects.filter(evidence=key).latest("pk")
    walk.second.fill(f"{home}check/", {}, "全部复核")
    entered.refresh_from_db()
    assert entered.checked_by_id, key


# -- surveys and notices


def survey(walk: Walk, kind: str, key: str, homes: int = 2, choice: str = "agree") -> Act:
    """Draw up, open, ask from door to door, close; the leader confirms."""

    def do() -> None:
        community = community_of(walk)
        until = walk.day + dt.timedelta(days=20)
        walk.clerk.fill(
            f"{walk.page}surveys/{community.uid}/", {"kind": kind, "asks": "residents", "until": until.isoformat()}
        )
        row = Survey.objects.latest("pk")
        at = f"/staff/surveys/{row.uid}/"
        walk.clerk.fill(at, {}, "开始调查")
        for number in range(1, homes + 1):
            values = {"building": "1号楼", "unit": "1", "room": f"{100 + number}", "role": "owner", "choice": choice}
            walk.clerk.fill(f"{at}answer/", values)
        walk.clerk.fill(at, {}, "确认截止调查")
        assert not walk.clerk.get(at).has_button("确认结果"), "who runs a survey confirms it herself"
        walk.leader.fill(at, {"grade": "A", "reason": "按县领导小组纪要"} if kind == "willingness" else {}, "确认结果")

    return Act((key,), do)


def community_of(walk: Walk) -> Community:
    return walk.project.communities.order_by("pk").first()  # type: ignore[return-value]


def notice(walk: Walk, posted: dt.date, last: dt.date, **own: Any) -> Act:
    """Post the scheme on a day, try to close it a day early, once more over an open objection, answer it, close it."""

    def do() -> None:
        walk.to(posted)
        walk.clerk.get("/staff/notices/new/?type=project&uid=" + str(walk.project.uid))
        form = walk.clerk.form("保存草稿")
        values = {
            "title": "改造方案公示",
            "text": "改造道路、管网，请提意见。",
            "communities": [str(community_of(walk).uid)],
            **own,
        }
        walk.clerk.press("保存草稿", {**form.values, **values})
        row = Notice.objects.latest("pk")
        at = f"/staff/notices/{row.uid}/"
        walk.clerk.fill(at, {}, "今天发布")
        object_to(walk, row)
        walk.to(last - dt.timedelta(days=1))
        early = _close(walk.clerk, at)
        assert early.status == 409 and "届满" in early.text or "期满" in early.text or "公示期" in early.text, (
            early.text[:500]
        )
        walk.to(last + dt.timedelta(days=1))
        still = _close(walk.clerk, at)
        assert still.status == 409 and "异议" in still.box, still.box or still.text[:500]
        remark = Remark.objects.latest("pk")
        walk.clerk.fill(
            f"/staff/remarks/{remark.uid}/",
            {"outcome": "adopted", "summary": "停车位偏少", "text": "增加十二个停车位。"},
            "提交并公开",
        )
        row.refresh_from_db()
        if row.state != Notice.State.CLOSED:
            leads = (
                _close(walk.clerk, at).taken or _close(walk.leader, at).taken
            )  # 柳州: the leader says that it is settled
            assert leads, walk.leader.box or walk.leader.text[:600]
        row.refresh_from_db()
        assert row.state == Notice.State.CLOSED and row.last_day == last, (row.state, row.last_day)

    return Act(("notice",), do)


def object_to(walk: Walk, row: Notice) -> None:
    """A resident objects, without an account."""
    resident = Person()
    resident.get(f"/notices/{row.uid}/say/")
    resident.press(
        "下一步：核对", {"kind": "objection", "community": str(community_of(walk).uid), "text": "停车位太少，请增加。"}
    )
    resident.press("确认提交")
    assert resident.taken and Remark.objects.filter(notice=row).exists(), resident.text[:500]


def _close(person: Person, at: str) -> Person:
    person.get(at)
    if not person.has_button("结束公示"):  # the page does not offer it: the address refuses all the same
        return person.post(f"{at}close/")
    person.press("结束公示", {"confirmed": "1"})
    return person


# -- cases


def pass_case(walk: Walk, case: Case, number: str = "") -> None:
    """Every body of the route answers in turn; somebody of a body that is not asked, and the submitter, are refused before."""
    at = f"/staff/cases/{case.uid}/"
    while True:
        ask = (
            CaseAsk.objects.filter(case=case, asked_at__isnull=False, answered_at__isnull=True)
            .select_related("body__division").order_by("stage__number", "pk").first()
        )  # fmt: skip
        if ask is None:
            break
        person = walk.person(ask.body.kind, "approver", ask.body.division.name)
        values = {"body": str(ask.body.uid), "verdict": "pass", "reasons": "同意"}
        if person.get(at).form("通过").values.get("document_number") is not None and number:
            values["document_number"] = number
        person.press("通过", values)
        assert person.taken, person.box or person.text[:800]
    case.refresh_from_db()
    assert case.state == Case.State.PASSED, case.state


def declare(walk: Walk, number: str) -> None:
    """The plan goes through its route and is issued."""
    case = Case.objects.get(subject_type="annualplan", subject_uid=walk.plan.uid)
    pass_case(walk, case, number)
    walk.plan.refresh_from_db()
    assert walk.plan.state == "issued" and walk.stage == "approved", (walk.plan.state, walk.stage)


# -- the scheme


def scheme(walk: Walk, *lines: tuple[str, Mapping[str, Any]], **texts: Any) -> None:
    """Begin the scheme, pick lines from the catalogue, say what belongs to it."""
    walk.clerk.fill(f"{walk.page}scheme/", {}, "开始编制方案")
    for key, values in lines:
        add_line(walk, key, **values)
    if texts:
        walk.clerk.fill(f"{walk.page}scheme/describe/", texts)


def add_line(walk: Walk, key: str, **values: Any) -> None:
    """One line of the catalogue."""
    plain = {"quantity": "100", "unit": "米", "unit_price": "1000.00"}
    walk.clerk.fill(f"{walk.page}scheme/items/add/?key={key}", {**plain, **values})


def ratio(walk: Walk, percent: str) -> None:
    """The owners' share of the X items (RC-05)."""
    walk.clerk.fill(f"{walk.page}scheme/describe/", {"owner_ratio": percent})


def answer_with(walk: Walk, key: str) -> None:
    """Add the item that a hazard asks for, and answer everything of the survey with it."""
    add_line(walk, key, **{"payer-1": "county"})
    item = str(SchemeItem.objects.get(scheme__project=walk.project, catalogue_key=key).uid)
    form = walk.clerk.get(f"{walk.page}scheme/answers/").form("保存")
    walk.clerk.press("保存", {name: item for name in form.values if name.startswith("item-")})
    assert walk.clerk.taken, walk.clerk.box or walk.clerk.text[:400]


def fix(walk: Walk, note: str = "") -> None:
    """Fix the draft as a version."""
    walk.clerk.fill(f"{walk.page}scheme/", {"note": note}, "定稿为新版本")


def review(walk: Walk) -> Act:
    """Put the version to its route; every body of it answers."""

    def do() -> None:
        walk.clerk.fill(f"{walk.page}scheme/", {}, "报审")
        row = Scheme.objects.get(project=walk.project)
        pass_case(walk, Case.objects.get(subject_type="scheme", subject_uid=row.uid, state=Case.State.OPEN))

    return Act(("review",), do)


def again(walk: Walk, posted: dt.date, last: dt.date, **own: Any) -> Act:
    """A new version asks for everything anew: it is not reviewed before it was on the board again."""

    def do() -> None:
        early = walk.clerk.get(f"{walk.page}scheme/").press("报审")
        assert early.status == 409 and "作废" in early.box, early.box or early.text[:400]
        notice(walk, posted, last, **own).do()
        review(walk).do()

    return Act(("review",), do)
