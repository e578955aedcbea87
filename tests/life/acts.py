"""What the people of an office do between two tries of a step, each thing on its own page and checked by a second person."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from approvals.models import Case, CaseAsk, Notice, Paper, Remark, Survey
from communities.models import Community
from funding.models import FundingSource
from projects.models import AnnualPlan, Project, ResidentSupervisor, Scheme, SchemeItem
from projects.rules.acceptance import ARCHIVE_LABELS
from projects.rules.permits import FACT_LABELS
from renovation.demonstration.start import UNITS
from renovation.demonstration.works import drawn
from tests.life.stage import Act, Person, Walk, doing

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


def own_paper(walk: Walk, key: str) -> None:
    """Who entered a paper does not check it."""
    walk.clerk.fill(f"{walk.page}papers/{key}/", {"day": walk.day.isoformat()})
    walk.clerk.get(f"{walk.page}check/")
    entered = Paper.objects.latest("pk")
    walk.clerk.post(f"{walk.page}check/", paper=str(entered.uid))
    assert walk.clerk.status in (403, 409), walk.clerk.status
    entered.refresh_from_db()
    assert entered.checked_by_id is None


# -- surveys and notices


def survey(walk: Walk, kind: str, key: str, homes: int = 2, choice: str = "agree") -> Act:
    """Draw up, open, ask from door to door, close; the leader confirms."""

    def do() -> None:
        community = _community(walk)
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


def _community(walk: Walk) -> Community:
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
            "communities": [str(_community(walk).uid)],
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
        "下一步：核对", {"kind": "objection", "community": str(_community(walk).uid), "text": "停车位太少，请增加。"}
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
        if person.get(at).form("提交意见").values.get("document_number") is not None and number:
            values["document_number"] = number
        person.press("提交意见", values)
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


# -- before the start


def party(walk: Walk, *roles: str) -> Act:
    """Units with their procurement, checked by the second person."""

    def do() -> None:
        for role in roles:
            name, code, method = UNITS.get(role, ("恒信造价咨询有限公司", "91140000MA0000005D", "procurement"))
            values = {"name": name, "credit_code": code, "method": method, "number": "招〔2026〕7号"}
            walk.clerk.fill(f"{walk.page}permits/parties/{role}/", {**values, "day": walk.day.isoformat()})
        check_entries(walk)

    return Act(("procurement", "supervision"), do)


def permits(walk: Walk, evidence: str, *keys: str, rule: str = "") -> Act:
    """Permits or papers of the one page; of one rule alone where several ask for the same kind."""

    def do() -> None:
        for key in keys or ("-",):
            walk.clerk.fill(
                f"{walk.page}permits/papers/{evidence}/{key}/",
                {"issuer": "主管部门", "number": "〔2026〕3号", "day": walk.day.isoformat()},
            )
        check_entries(walk)

    return Act((f"{rule} {evidence}" if rule else evidence,), do)


def mode(walk: Walk) -> Act:
    """EPC."""

    def do() -> None:
        walk.clerk.fill(f"{walk.page}permits/mode/", {"mode": "epc", "day": walk.day.isoformat()})
        check_entries(walk)

    return Act(("contract_mode",), do)


def facts(walk: Walk, **holds: bool) -> None:
    """State the facts of RC-17, with the signed commitment."""
    given = {key: "yes" if holds.get(key, key in {"low_risk", "commitment_signed"}) else "no" for key in FACT_LABELS}
    walk.clerk.fill(f"{walk.page}permits/facts/", given, commitment=SCAN)


def check_entries(walk: Walk) -> None:
    """Nobody checks her own entries; the second person checks all that wait."""
    second = walk.second.get(f"{walk.page}permits/")
    if not walk.own_entry:
        walk.own_entry = True
        assert walk.clerk.post(f"{walk.page}permits/check/", entry=_boxes(second)).status == 403
    second.press("已与原件核对一致", {"entry": _boxes(second)})
    assert second.taken, second.box


def _boxes(page: Person) -> list[str]:
    """Values of the ticks on the page."""
    parts = page.response.text.split('name="entry" value="')[1:]
    return [part.partition('"')[0] for part in parts]


# -- works and acceptance


def works(walk: Walk) -> None:
    """A part of the works, a month's report with its delay, a photo for residents."""
    day, month = walk.day, f"{walk.day:%Y-%m}"
    at = f"{walk.page}works/"
    walk.clerk.fill(
        f"{at}spans/", {"name": "雨污分流", "planned_start": day.isoformat(), "planned_end": day.isoformat()}
    )
    walk.later(3)
    values = {"month": month, "percent": "20", "money": "30000.00", "done": "管网完成一半"}
    late = walk.clerk.get(f"{at}report/").press("保存", values)
    assert late.status == 400 and "原因" in late.text, late.text[:400]
    walk.clerk.fill(f"{at}report/", {**values, "delay": "连续降雨"})
    photo = {"month": month, "moment": "during", "caption": "管网施工"}
    big = ("照片.jpg", b"\xff\xd8\xff" + b"0" * (30 * 1024 * 1024))
    forged = walk.clerk.get(f"{at}photo/").press("保存", photo, files={"file": big})
    assert forged.status in (400, 413), forged.status
    walk.clerk.fill(f"{at}photo/", {**photo, "public": "on"}, file=("照片.jpg", drawn((10, 20, 30))))


def supervision(walk: Walk) -> Act:
    """A resident who supervises, and what he found."""

    def do() -> None:
        at = f"{walk.page}works/"
        walk.clerk.fill(f"{at}supervisor/", {"name": "万家和", "phone": "13900000000", "since": walk.day.isoformat()})
        who = ResidentSupervisor.objects.get(project=walk.project)
        values = {"supervisor": str(who.pk), "day": walk.day.isoformat(), "found": "没有问题"}
        walk.clerk.fill(f"{at}visit/", values)
        walk.second.fill(at, {}, "已与记录核对一致")

    return Act(("residents_supervision",), do)


def separate(walk: Walk, *keys: str) -> list[Act]:
    """Parts that their competent bodies accept."""

    labels = {
        "pipelines": "管线迁移改造的单独验收",
        "energy_saving": "建筑节能改造的单独验收",
        "elevator": "加装电梯的单独验收",
    }

    def one(key: str) -> Callable[[], None]:
        def do() -> None:
            at = f"{walk.page}acceptance/"
            values = {
                "key": key,
                "body": "市场监督管理局",
                "passed_on": walk.day.isoformat(),
                "number": "验〔2027〕1号",
            }
            walk.clerk.fill(f"{at}separate/", values)
            walk.second.fill(at, {}, "复核")

        return do

    return [doing(labels[key])(one(key)) for key in keys]


def acceptance(walk: Walk, parties: Sequence[str]) -> Act:
    """All parties sign, the report is there, a second person confirms; one signature short it is refused."""

    def do() -> None:
        at, day = f"{walk.page}acceptance/", walk.day.isoformat()
        walk.clerk.fill(f"{at}open/", {"held_on": day, "place": "小区广场"})
        signing = [key for key in parties if key != "acceptance_report"]
        for key in signing[:-1]:
            _sign(walk, key)
        if len(signing) < len(parties):
            walk.clerk.fill(f"{at}report/", {}, upload=SCAN)
        confirmation = {"passed_on": day, "conclusion": "验收合格"}
        if signing:
            early = walk.second.get(f"{at}confirm/").press("保存", confirmation)
            assert early.status == 409 and "没有签字" in early.text, early.text[:500]
            _sign(walk, signing[-1])
        own = walk.clerk.get(f"{at}confirm/").press("保存", confirmation)
        assert own.status == 403, "who opened the acceptance confirmed it"
        walk.second.fill(f"{at}confirm/", confirmation)

    return Act(("acceptance_parties",), do)


def _sign(walk: Walk, key: str) -> None:
    values = {"key": key, "unit": "参加单位", "signer": "王建国", "signed_on": walk.day.isoformat(), "agrees": "yes"}
    walk.clerk.fill(f"{walk.page}acceptance/sign/", values)


def filing(walk: Walk) -> Act:
    """The filing of the acceptance, checked by the second person."""

    def do() -> None:
        at = f"{walk.page}acceptance/"
        walk.clerk.fill(f"{at}filing/", {"filed_on": walk.day.isoformat(), "filing_number": "建备〔2027〕6号"})
        walk.second.fill(at, {}, "复核备案")

    return Act(("acceptance_filing",), do)


# -- after the works


def archive(walk: Walk) -> Act:
    """Every paper of the list in its place; one short it is refused."""

    def do() -> None:
        at = f"{walk.page}after/"
        keys = list(ARCHIVE_LABELS)
        closing = {"number": "DA-2027-1", "shelf": "1排1架", "keeper": "住建局档案室"}
        for key in keys[:-1]:
            walk.clerk.fill(f"{at}archive/", {"key": key, "pages": "12"})
        early = walk.second.get(f"{at}close-archive/").press("保存", closing)
        assert early.status == 409 and ARCHIVE_LABELS[keys[-1]] in early.text
        walk.clerk.fill(f"{at}archive/", {"key": keys[-1], "pages": "3"})
        walk.second.fill(f"{at}close-archive/", closing)

    return Act(("archive",), do)


def handover(walk: Walk, receiver: str) -> Act:
    """Facilities handed over."""

    def do() -> None:
        values = {
            "facility": "供水管线", "giver": "改造建设中心", "receiver_kind": receiver, "receiver": "接收单位", "standard": "符合CJJ标准",
            "on": walk.day.isoformat(),
        }  # fmt: skip
        walk.clerk.fill(f"{walk.page}after/handover/", values)
        walk.second.fill(f"{walk.page}after/", {}, "复核")

    return Act(("handover",), do)


def manager(walk: Walk) -> Act:
    """Who manages the community from now on."""

    def do() -> None:
        values = {
            "community": str(_community(walk).uid), "mode": "company", "name": "安居物业服务有限公司", "phone": "0772-3020000",
            "since": walk.day.isoformat(), "paper": "物业服务合同2027-1号",
        }  # fmt: skip
        walk.clerk.fill(f"{walk.page}after/manager/", values)
        walk.second.fill(f"{walk.page}after/", {}, "复核")

    return Act(("manager",), do)


def record(walk: Walk, kind: str, evidence: str, **more: str) -> Act:
    """A meeting, a covenant, the fund's mechanism."""

    def do() -> None:
        values = {
            "community": str(_community(walk).uid),
            "kind": kind,
            "on": walk.day.isoformat(),
            "words": "每季度一次。",
            **more,
        }
        walk.clerk.fill(f"{walk.page}after/record/", values)
        walk.second.fill(f"{walk.page}after/", {}, "复核")

    return Act((evidence,), do)


# -- money


def funding(
    walk: Walk, lines: Sequence[Mapping[str, Any]], *, short: Sequence[Mapping[str, Any]] = (), **more: Any
) -> Act:
    """The funding plan, entered by one and confirmed by another; first one in which too little comes from where it must."""

    def do() -> None:
        if short:
            _plan(walk, short, more)
            assert any(d.evidence == "funding_share" for d in walk.waiting(walk.step))
        _plan(walk, lines, more)

    return Act(("funding_share",), do)


def allot(walk: Walk, amount: str) -> Act:
    """Central money registered by the county's finance, confirmed by a second person, given to the project by name (JX-13)."""

    def do() -> None:
        finance = walk.person("finance", "clerk")
        finance.fill(
            "/staff/money/sources/add/",
            {
                "division": str(walk.offices.divisions[walk.county].uid), "kind": "central", "name": "2027年中央补助", "amount": amount,
                "document_number": "财综〔2027〕3号", "issued_on": walk.day.isoformat(), "year": "2027",
            },
            "登记",
        )  # fmt: skip
        at = f"/staff/money/sources/{FundingSource.objects.latest('pk').uid}/"
        walk.person("finance", "approver").fill(at, {}, "复核无误")
        finance.fill(at, {"project": str(walk.project.uid), "amount": amount, "day": walk.day.isoformat()}, "分配")

    return Act(("project_allotment",), do)


def _plan(walk: Walk, lines: Sequence[Mapping[str, Any]], more: Mapping[str, Any]) -> None:
    at = f"/staff/money/projects/{walk.project.uid}/plan/"
    values: dict[str, Any] = dict(more)
    for number, line in enumerate(lines):
        values |= {f"line{number}-{name}": value for name, value in {"state": "expected", **line}.items()}
    walk.clerk.fill(f"{at}edit/", values)
    walk.second.get(at).press("复核")
