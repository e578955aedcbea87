"""What is done from the permits to aftercare, and about the money: as ``before``."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from funding.models import FundingSource
from projects.models import ResidentSupervisor
from projects.rules.acceptance import ARCHIVE_LABELS
from projects.rules.permits import FACT_LABELS
from renovation.demonstration.start import UNITS
from renovation.demonstration.works import drawn
from tests.life.acts.before import SCAN, community_of
from tests.life.stage import Act, Person, Walk, doing

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
            "community": str(community_of(walk).uid), "mode": "company", "name": "安居物业服务有限公司", "phone": "0772-3020000",
            "since": walk.day.isoformat(), "paper": "物业服务合同2027-1号",
        }  # fmt: skip
        walk.clerk.fill(f"{walk.page}after/manager/", values)
        walk.second.fill(f"{walk.page}after/", {}, "复核")

    return Act(("manager",), do)


def record(walk: Walk, kind: str, evidence: str, **more: str) -> Act:
    """A meeting, a covenant, the fund's mechanism."""

    def do() -> None:
        values = {
            "community": str(community_of(walk).uid),
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
