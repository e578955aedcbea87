"""本人信息 and surveys: an owner finds what an owner of his home answered in his time, and of others only that they answered."""

import datetime as dt

import pytest

from communities import actions as register
from communities.models import Person
from offices.demonstration import Offices
from renovation.mine.data import own_data
from tests.approvals.field import Field
from tests.cast import AT, TODAY


@pytest.mark.rule("N-06")
def test_an_owners_answer_is_his_and_a_tenants_is_not(offices: Offices) -> None:
    field = Field(offices)
    homes = [field.home(room) for room in ("101", "102", "103")]
    made = []
    for number, since in ((0, None), (1, None), (2, TODAY + dt.timedelta(days=1))):
        values = {"name": f"业主{number}", "phone": f"1397720000{number}"}
        person: Person = register.add_person(by=field.clerk, at=AT, community=field.community, values=values)
        register.add_ownership(by=field.clerk, at=AT, home=homes[number], person=person, since=since)
        made.append(person)
    survey = field.open()
    for home, role in zip(homes, ("owner", "tenant", "owner"), strict=True):
        field.door(survey, home=home, role=role, words="楼顶漏水")
    later = AT + dt.timedelta(days=2)
    own, rented, sold = (
        own_data(at=later, community=field.community, persons=[person.pk], code=None, way="page").answers[0]
        for person in made
    )
    assert own.receipt and own.choice and own.words == "楼顶漏水"
    for other in (rented, sold):  # a tenant's, and one from before he held the home
        assert (other.receipt, other.choice, list(other.needs), other.words) == ("", "", [], "")
