"""Wrong turns over HTTP: each is refused with its clause or its field, on the page and over the interface, and nothing is changed."""

import datetime as dt
from collections.abc import Callable

import pytest

from approvals.models import Case, Delegation, Opinion
from projects.models import SchemeItem, WorkPhoto
from tests.life import acts
from tests.life.stage import Person, Walk

D = dt.date
Walking = Callable[[str, dt.date], Walk]


@pytest.fixture
def submitted(walking: Walking) -> tuple[Walk, Case]:
    """A plan of 芮城县 whose route asks the housing office itself first."""
    walk = walking("芮城县", D(2026, 9, 7))
    community = acts.register(walk, "洞宾社区", heritage=False)
    acts.put_into_plan(walk, community, 2027)
    walk.step = "declare"
    acts.paper(walk, "plan_consent", households="30", agreeing="24").do()
    for key, figures in (
        ("department_plans", {}),
        ("no_hidden_debt", {}),
        ("fiscal_capacity", {"capacity": "9", "needed": "9"}),
    ):
        acts.paper(walk, key, of_plan=True, **figures).do()
    walk.take("declare")
    return walk, Case.objects.get(subject_uid=walk.plan.uid)


def refused(person: Person, walk: Walk, case: Case, words: str, place: str = "housing") -> None:
    """An opinion that is not taken, by the page and over the interface."""
    body = walk.offices.body(walk.county, place)
    form = {"body": str(body.uid), "verdict": "pass", "seen": case.content_hash}
    person.post(f"/staff/cases/{case.uid}/", **form)
    assert person.status == 403 and words in person.box, f"{person.status} {person.box}"
    answer = person.api(
        "POST",
        f"cases/{case.uid}/opinions/",
        {"body": str(body.uid), "verdict": "pass", "seen_hash": case.content_hash},
    )
    assert answer.status_code == 403 and words in answer.json()["detail"], answer.text
    assert not Opinion.objects.filter(case=case).exists()


def test_nobody_approves_his_own_submission_as_a_delegate_or_as_a_superuser(submitted: tuple[Walk, Case]) -> None:
    walk, case = submitted
    clerk = walk.offices.user(walk.county, "housing", "clerk")
    body = walk.offices.body(walk.county, "housing")
    refused(walk.clerk, walk, case, "只有")
    until = walk.day + dt.timedelta(days=20)
    form = {
        "body": str(body.uid),
        "delegate": str(clerk.uid),
        "since": walk.day.isoformat(),
        "until": until.isoformat(),
        "reason": "出差",
    }
    walk.second.fill("/staff/delegations/", form, "委托")
    assert Delegation.objects.get().delegate == clerk
    refused(walk.clerk, walk, case, "自己提交")
    clerk.is_superuser = True
    clerk.save(update_fields=("is_superuser",))
    refused(walk.clerk, walk, case, "自己提交")


def test_a_body_that_is_not_asked_gives_no_opinion(submitted: tuple[Walk, Case]) -> None:
    walk, case = submitted
    refused(walk.person("finance", "approver"), walk, case, "不在", place="finance")
    refused(walk.person("finance", "leader"), walk, case, "只有")
    stranger = walk.person("housing", "approver", "潞州区")
    assert stranger.get(f"/staff/cases/{case.uid}/").status == 404
    assert stranger.api("GET", f"cases/{case.uid}/").status_code == 404


def test_no_step_is_skipped(submitted: tuple[Walk, Case]) -> None:
    walk, _ = submitted
    with walk.nothing_changed():
        for step in ("scheme", "start", "accept", "close", "aftercare"):
            day = walk.day.isoformat()
            walk.clerk.post(f"{walk.page}advance/", step=step, on=day, version=walk.version)
            assert walk.clerk.status == 409 and "不能直接办理" in walk.clerk.box, walk.clerk.box
            answer = walk.clerk.api("POST", f"projects/{walk.project.uid}/advance/", {"step": step, "on": day})
            assert (answer.status_code, answer.json()["code"]) == (409, "step_skipped")
        early = walk.clerk.get(f"{walk.page}acceptance/open/").press("保存", {"held_on": walk.day.isoformat()})
        assert early.status == 409 and "施工完成后" in early.text
        early = walk.clerk.get(f"{walk.page}after/handover/")
        assert not early.press("保存", {"facility": "管线"}).taken


@pytest.mark.rule("JX-03")
def test_an_item_outside_the_catalogue_takes_no_central_money(walking: Walking) -> None:
    walk = walking("东湖区", D(2026, 9, 7))
    community = acts.register(walk, "八大山人社区", heritage=False)
    acts.put_into_plan(walk, community, 2027)
    acts.describe(walk, works=["road", "water"], central_subsidy="on")
    acts.scheme(
        walk,
        ("jiangxi/改造基础设施//道路", {"payer-1": "central"}),
        ("jiangxi/改造基础设施//供水", {"payer-1": "central"}),
    )
    with walk.nothing_changed():
        outside = {
            "name": "屋顶酒吧", "item_class": "改优居住环境", "reason": "居民要求", "quantity": "1", "unit": "处", "unit_price": "1000.00",
        }  # fmt: skip
        walk.clerk.get(f"{walk.page}scheme/items/add/?key=-").press("保存", {**outside, "payer-1": "central"})
        assert walk.clerk.status == 409 and "JX-03" in walk.clerk.box, walk.clerk.box or walk.clerk.text[:600]
        body = {**outside, "payers": [{"kind": "central"}]}
        answer = walk.clerk.api("POST", f"projects/{walk.project.uid}/scheme/items/", body)
        assert answer.status_code == 409 and answer.json()["rule"]["id"] == "JX-03", answer.text
    assert not SchemeItem.objects.filter(name="屋顶酒吧").exists()


def test_a_large_photo_that_is_none_is_refused_and_leaves_nothing(submitted: tuple[Walk, Case]) -> None:
    walk, _ = submitted
    forged = ("照片.jpg", b"\xff\xd8\xff" + b"0" * (30 * 1024 * 1024))
    photo = {"month": f"{walk.day:%Y-%m}", "moment": "during", "caption": "管网施工"}
    for file in (forged, ("照片.jpg", b"MZ\x90\x00" + b"0" * 999), ("照片.jpg", b"")):
        page = walk.clerk.get(f"{walk.page}works/photo/").press("保存", photo, files={"file": file})
        assert page.status in (400, 413) and "照片" in page.text, page.status
    assert not WorkPhoto.objects.exists()
