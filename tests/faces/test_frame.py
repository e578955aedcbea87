"""The staff frame: navigation by role, division and year in view, what lies on the desk."""

import datetime as dt
import re

import pytest
from django.test import Client

from offices.clock import today
from offices.models import Body, Division, Duty, Membership, User
from projects.models import AnnualPlan
from renovation.navigation import NAVIGATION, navigation
from tests.faces.test_portal import STAMP, division

pytestmark = pytest.mark.django_db


@pytest.fixture
def city() -> Division:
    """A city with two counties."""
    row = division("柳州市", "city", None, "liuzhou")
    division("鱼峰区", "county", row, "liuzhou")
    division("柳南区", "county", row, "liuzhou")
    return row


def member(where: Division, *roles: str, name: str = "lin") -> User:
    """A user with roles in a body of the division."""
    user = User.objects.create_user(name, password="secret-password-1", name="林晓燕")
    body, _ = Body.objects.get_or_create(
        division=where, name=f"{where.name}住建局", defaults={"kind": "housing", **STAMP}
    )
    for role in roles:
        Membership.objects.create(user=user, body=body, role=role, since=dt.date(2024, 1, 1), **STAMP)
    return user


def home(client: Client) -> str:
    """The workspace home."""
    response = client.get("/staff/")
    assert response.status_code == 200
    return response.content.decode()


def test_strangers_are_sent_to_the_sign_in(client: Client) -> None:
    for path in ("/staff/", "/staff/view/"):
        response = client.get(path)
        assert response.status_code == 302 and response.headers["Location"].startswith("/staff/login/")


def test_someone_without_a_post_is_told_what_to_do(client: Client) -> None:
    client.force_login(User.objects.create_user("new", password="secret-password-1"))
    assert "还没有任职" in home(client)


def test_division_and_year_stay_as_chosen(client: Client, city: Division) -> None:
    client.force_login(member(city, "clerk"))
    county = Division.objects.get(name="柳南区")
    assert f'value="{city.uid}" selected' in home(client)
    response = client.post("/staff/view/", {"division": str(county.uid), "year": "2024", "next": "/staff/?a=1"})
    assert response.headers["Location"] == "/staff/?a=1"
    html = home(client)
    assert f'value="{county.uid}" selected' in html and 'value="2024" selected' in html and "柳南区 2024年" in html


def test_what_is_not_a_choice_changes_nothing(client: Client, city: Division) -> None:
    other = division("玉林市", "city")
    client.force_login(member(city, "clerk"))
    for division_uid, year in ((str(other.uid), "1066"), ("x", "９"), ("", "")):
        client.post("/staff/view/", {"division": division_uid, "year": year})
        html = home(client)
        assert (
            f'value="{city.uid}" selected' in html
            and f'value="{today().year}" selected' in html
            and "玉林市" not in html
        )


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_the_switch_never_leads_elsewhere(client: Client, city: Division, target: str) -> None:
    client.force_login(member(city, "clerk"))
    assert client.post("/staff/view/", {"next": target}).headers["Location"] == "/staff/"


def test_due_duties_of_the_scope_stand_on_the_desk(client: Client, city: Division) -> None:
    other = division("玉林市", "city")
    rows = [("过期的事项", city, -3, "must"), ("今天的事项", city, 0, "must"), ("别市的事项", other, 1, "must")]
    rows += [("远的事项", city, 90, "must"), ("力争的事项", city, -30, "strive")]
    for number, (title, where, days, strength) in enumerate(rows):
        duty = Duty(
            subject_type="project", subject_uid=city.uid, subject_title=title, rule_id="LZ-09", rulebook="liuzhou",
            milestone=f"m{number}", strength=strength, plan_year=2026, due_on=today() + dt.timedelta(days=days), **STAMP,
        )  # fmt: skip
        duty.place_in(where)
        duty.save()
    client.force_login(member(city, "clerk"))
    html = home(client)
    assert "过期的事项" in html and "今日到期" in html and "滞后" in html
    assert "别市的事项" not in html and "远的事项" not in html
    assert len(re.findall("status-late", html)) == 1  # red for the breached must alone


def test_navigation_shows_what_exists_and_what_the_role_needs() -> None:
    shown = {link.label for group in navigation(path="/staff/", roles={"clerk"}, counts={}) for link in group.items}
    assert {"工作台", "规则库"} <= shown and "机构与人员" not in shown
    everything = {item.label for group in NAVIGATION for item in group.items}
    assert shown < everything


def test_one_group_is_open_that_of_the_page_else_that_of_the_daily_work() -> None:
    for path, roles, wanted in (
        ("/staff/money/payments/", {"clerk"}, "资金"),
        ("/staff/", {"clerk"}, "计划和项目"),
        ("/staff/", {"leader"}, "目标和考核"),
        ("/staff/cases/x/", {"system_admin", "auditor"}, "资金"),
    ):
        groups = navigation(path=path, roles=roles, counts={})
        assert [group.label for group in groups if group.open] == [wanted]
        assert len([link for group in groups if group.open or not group.label for link in group.items]) <= 12


def test_every_page_of_the_table_stands_in_the_frame_and_says_what_waits(client: Client, city: Division) -> None:
    user = member(city, "clerk", "leader")
    duty = Duty(
        subject_type="project", subject_uid=city.uid, subject_title="过期", rule_id="LZ-09", rulebook="liuzhou", milestone="m",
        strength="must", plan_year=2026, due_on=today() - dt.timedelta(days=1), body=Body.objects.get(), **STAMP,
    )  # fmt: skip
    duty.place_in(city)
    duty.save()
    client.force_login(user)
    html = home(client)
    for group in navigation(path="/staff/", roles={"clerk", "leader"}, counts={}):
        for link in group.items:
            assert f'href="{link.url}"' in html
    assert re.search(r'href="/staff/deadlines/">时限 <span class="count">1</span>', html)
    assert 'href="/staff/messages/"' in html and 'href="/staff/delegations/"' in html


def test_a_switch_is_not_overruled_by_the_address(client: Client, city: Division) -> None:
    client.force_login(member(city, "clerk"))
    back = f"/staff/dashboard/?year=2024&division={city.uid}&part=late"
    assert (
        client.post("/staff/view/", {"year": "2023", "next": back}).headers["Location"] == "/staff/dashboard/?part=late"
    )


def test_the_top_bar_and_the_dashboard_say_the_same_year(client: Client, city: Division) -> None:
    county = Division.objects.get(name="柳南区")
    for year, state in ((today().year - 1, "issued"), (today().year + 1, "draft")):
        issued = {"issued_on": today(), "document_number": "柳建发〔2025〕1号"} if state == "issued" else {}
        plan = AnnualPlan(year=year, state=state, rulebook="liuzhou", **issued, **STAMP)
        plan.place_in(county)
        plan.save()
    client.force_login(member(city, "clerk"))
    for path in ("/staff/dashboard/", "/staff/"):
        html = client.get(path).content.decode()
        assert f'value="{today().year - 1}" selected' in html and f"{today().year - 1}年" in html


def test_the_deepest_page_is_the_current_one() -> None:
    links = [
        link for group in navigation(path="/rulebooks/places/liuzhou/", roles=set(), counts={}) for link in group.items
    ]
    assert [link.label for link in links if link.current] == ["规则库"]


def test_the_desk_takes_a_bounded_number_of_queries(
    client: Client, city: Division, django_assert_max_num_queries
) -> None:  # type: ignore[no-untyped-def]
    client.force_login(member(city, "clerk", "leader"))
    with django_assert_max_num_queries(15):
        home(client)


def test_the_workspace_is_current_on_itself_alone() -> None:
    def current(path: str) -> list[str]:
        groups = navigation(path=path, roles={"clerk"}, counts={})
        return [link.label for group in groups for link in group.items if link.current]

    assert current("/staff/") == ["工作台"] and current("/staff/keys/") == []
