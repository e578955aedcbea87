"""A city binds its own rulebook with one command, recorded as an administrator's act."""

import pytest
from django.core.management import CommandError, call_command

from offices.demonstration import Offices
from offices.models import Division, HistoryEntry


def test_a_rulebook_governs_a_division_and_everything_below(offices: Offices) -> None:
    call_command("govern", "360100", "liuzhou", by="nanchang.system_admin")
    assert Division.objects.get(name="东湖区").governed_by == "liuzhou"
    call_command("govern", "南昌市", by="nanchang.system_admin")
    assert Division.objects.get(name="东湖区").governed_by == "jiangxi"
    assert HistoryEntry.objects.filter(action="division.rulebook").count() == 2


@pytest.mark.parametrize(
    ("division", "place", "by", "words"),
    [
        ("南昌市", "nowhere", "nanchang.system_admin", "没有这个规则库"),
        ("南昌市", "liuzhou", "donghu.housing.clerk", "系统管理员"),
        ("火星市", "liuzhou", "nanchang.system_admin", "找到 0 个"),
        ("南昌市", "liuzhou", "nobody", "没有用户"),
    ],
)
def test_what_is_wrong_is_said(offices: Offices, division: str, place: str, by: str, words: str) -> None:
    with pytest.raises(CommandError, match=words):
        call_command("govern", division, place, by=by)
