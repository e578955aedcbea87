"""The division tree and who may change it."""

import datetime as dt

import pytest

from offices import actions, duties
from offices.demonstration import PASSWORD, Offices
from offices.models import Division, Duty, Membership, User
from offices.queries import bodies_by_slug, members
from policies.refusal import Forbidden, Invalid, Refused
from tests.cast import AT, TODAY, cast


def fresh(division: Division) -> Division:
    """The row as it stands now."""
    return Division.objects.get(pk=division.pk)


def test_the_nearest_document_above_governs(offices: Offices) -> None:
    governed = {name: fresh(row).governed_by for name, row in offices.divisions.items()}
    for name, place in [
        ("芮城县", "ruicheng"), ("运城市", ""), ("城中区", "liuzhou"), ("柳东新区", "liuzhou"), ("玉州区", "yulin"), ("潞州区", "changzhi"),
        ("东湖区", "jiangxi"), ("江西省", "jiangxi"),
    ]:  # fmt: skip
        assert governed[name] == place
    codes = {
        name: offices.divisions[name].code
        for name in ("芮城县", "柳州市", "城中区", "玉州区", "潞州区", "东湖区", "柳东新区")
    }
    assert codes == {
        "芮城县": "140830", "柳州市": "450200", "城中区": "450202", "玉州区": "450902", "潞州区": "140403", "东湖区": "360102",
        "柳东新区": None,
    }  # fmt: skip


def test_moving_a_division_rewrites_everything_in_it(offices: Offices) -> None:
    county, target = offices.divisions["玉州区"], offices.divisions["柳州市"]
    street = county.children.get()
    neighbourhood = street.children.get()
    body = offices.body("玉州区", "housing")
    rows = [duties.Row("R-01", "yulin", "start", "must", 2026, TODAY)]
    duties.sync(subject=body, title="x", link="", division=neighbourhood, body=body, rows=rows, at=AT, today=TODAY)
    root = User.objects.create_superuser("root", password="long-enough-1")
    later = AT + dt.timedelta(days=1)
    actions.move_division(by=root, at=later, division=county, parent=target)
    for row in (fresh(county), fresh(street), fresh(neighbourhood), Duty.objects.get(rule_id="R-01")):
        assert (row.province_id, row.city_id, row.county_id) == (target.province_id, target.pk, county.pk)
        assert row.updated_at == later
    assert Duty.objects.get(rule_id="R-01").street_id == street.pk
    assert {fresh(row).governed_by for row in (county, street, neighbourhood)} == {"liuzhou"}
    clerk = User.objects.get(username=offices.user("柳州市", "housing", "clerk").username)
    assert Duty.objects.visible_to(clerk).filter(rule_id="R-01").exists()


def test_a_division_is_not_moved_below_its_own_level(offices: Offices) -> None:
    root = User.objects.create_superuser("root", password="long-enough-1")
    with pytest.raises(Invalid):
        actions.move_division(by=root, at=AT, division=offices.divisions["玉林市"], parent=offices.divisions["城中区"])


def test_a_county_with_a_document_of_its_own(offices: Offices) -> None:
    admin = User.objects.get(username="yulin.system_admin")
    county = offices.divisions["玉州区"]
    actions.set_rulebook(by=admin, at=AT, division=county, rulebook="ruicheng")
    street = county.children.get()
    assert fresh(street).governed_by == fresh(street.children.get()).governed_by == "ruicheng"
    actions.set_rulebook(by=admin, at=AT, division=fresh(county), rulebook="")
    assert fresh(street).governed_by == "yulin"
    with pytest.raises(Invalid):
        actions.set_rulebook(by=admin, at=AT, division=county, rulebook="nowhere")


def test_administrators_act_in_their_own_tree(offices: Offices) -> None:
    admin = User.objects.get(username="yulin.system_admin")
    actions.create_division(by=admin, at=AT, name="名山街道", kind="street", parent=offices.divisions["玉州区"])
    for attempt in (
        lambda: actions.create_division(by=admin, at=AT, name="x", kind="street", parent=offices.divisions["城中区"]),
        lambda: actions.create_division(by=admin, at=AT, name="x", kind="city"),
        lambda: actions.create_body(by=admin, at=AT, division=offices.divisions["柳州市"], kind="finance", name="x"),
        lambda: actions.appoint(
            by=admin, at=AT, today=TODAY, user=admin, body=offices.body("玉林市", "finance"), role="leader"
        ),
    ):
        with pytest.raises(Forbidden):
            attempt()
    with pytest.raises(Forbidden):
        actions.create_user(
            by=offices.user("玉林市", "housing", "leader"), at=AT, username="x", name="x", password=PASSWORD
        )


def test_nobody_is_two_of_the_three_administrators(offices: Offices) -> None:
    system = User.objects.get(username="yulin.system_admin")
    for role in ("security_admin", "audit_admin"):
        with pytest.raises(Refused) as refused:
            actions.appoint(by=None, at=AT, today=TODAY, user=system, body=offices.body("柳州市", "finance"), role=role)
        assert refused.value.code == "three_administrators"
    membership = Membership.objects.get(user=system, role="system_admin", active=True)
    root = User.objects.create_superuser("root", password="long-enough-1")
    actions.dismiss(by=root, at=AT, today=TODAY, membership=membership)
    actions.appoint(
        by=None, at=AT, today=TODAY, user=system, body=offices.body("玉林市", "housing"), role="audit_admin"
    )


def test_a_weak_password_is_refused(offices: Offices) -> None:
    with pytest.raises(Invalid) as refused:
        actions.create_user(by=None, at=AT, username="neu", name="新人", password="12345")
    assert "password" in refused.value.errors and not User.objects.filter(username="neu").exists()


def test_a_password_is_set_by_oneself_or_the_security_administrator(offices: Offices) -> None:
    clerk = offices.user("芮城县", "housing", "clerk")
    for stranger in ("yuncheng.system_admin", "yulin.security_admin"):
        with pytest.raises(Forbidden):
            actions.change_password(by=User.objects.get(username=stranger), at=AT, user=clerk, password="Chushi-mima-1")
    actions.change_password(
        by=User.objects.get(username="yuncheng.security_admin"), at=AT, user=clerk, password="Chushi-mima-1"
    )
    assert clerk.must_change_password


def test_a_locked_account_is_no_member(offices: Offices) -> None:
    body, clerk = offices.body("芮城县", "housing"), offices.user("芮城县", "housing", "clerk")
    assert clerk in members(body, "clerk")
    actions.set_active(by=User.objects.get(username="yuncheng.security_admin"), at=AT, user=clerk, active=False)
    assert members(body, "clerk") == []


def test_bodies_are_found_by_the_names_of_a_route(offices: Offices) -> None:
    found = bodies_by_slug(
        offices.divisions["城中区"],
        ["county_housing", "city_finance", "county_leading_group_office", "power", "city_government", "county_media"],
    )
    assert found["county_housing"] == found["county_leading_group_office"] == offices.body("城中区", "housing")
    assert found["city_finance"] == offices.body("柳州市", "finance")
    assert found["power"] == offices.body("柳州市", "power")
    assert "county_media" not in found
    zone = bodies_by_slug(offices.divisions["柳东新区"], ["county_government", "city_government"])
    assert zone["county_government"].division == offices.divisions["柳东新区"]


def test_a_utility_of_the_county_goes_before_the_citys(offices: Offices) -> None:
    own = actions.create_body(by=None, at=AT, division=offices.divisions["城中区"], kind="gas", name="城中燃气站")
    assert bodies_by_slug(offices.divisions["城中区"], ["gas"]) == {"gas": own}


def test_the_cast_can_be_built_again_without_doubling(offices: Offices) -> None:
    before = (Division.objects.count(), User.objects.count(), Membership.objects.count())
    cast()
    assert (Division.objects.count(), User.objects.count(), Membership.objects.count()) == before
