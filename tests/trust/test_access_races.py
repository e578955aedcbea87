"""One code at one moment by many: it opens once; many guesses at one moment are no more than many one after the other."""

import datetime as dt
from collections import Counter

import pyotp
import pytest

from offices import factors
from offices.demonstration import Offices
from offices.models import HistoryEntry, SecondFactor, User
from tests.cast import AT
from tests.trust.processes import together

pytestmark = [pytest.mark.postgres, pytest.mark.processes, pytest.mark.slow]
MINUTE = dt.timedelta(minutes=1)


def enrolled(user: User) -> list[str]:
    """His recovery codes."""
    secret = factors.begin(user=user, at=AT - 10 * MINUTE).secret
    return factors.confirm(user=user, at=AT - 10 * MINUTE, code=pyotp.TOTP(secret).at(AT - 10 * MINUTE))


def attempts(user: User, code: str, number: int) -> Counter[str]:
    """What so many processes that send the code together are told."""
    return Counter(
        each.error or "done" for each in together(number, lambda n: factors.check(user=user, at=AT, code=code))
    )


def test_a_code_that_many_send_at_once_opens_once(stage: Offices) -> None:
    user = stage.user("芮城县", "housing", "clerk")
    spare = enrolled(user)
    for code in (pyotp.TOTP(SecondFactor.objects.get(user=user).secret).at(AT), spare[0]):
        said = attempts(user, code, 4)
        assert said["done"] == 1 and said["Invalid"] == 3, said
        SecondFactor.objects.update(wrong=0)
    assert factors.codes_left(SecondFactor.objects.get(user=user)) == factors.CODES - 1


def test_many_guesses_at_once_are_no_more_than_five(stage: Offices) -> None:
    user = stage.user("芮城县", "housing", "clerk")
    enrolled(user)
    said = attempts(user, "000000", 12)
    assert said["done"] == 0 and said["Invalid"] < factors.MOST_WRONG, said
    assert said["Refused"] == 12 - said["Invalid"] and SecondFactor.objects.get(user=user).wrong == factors.MOST_WRONG
    assert HistoryEntry.objects.filter(action="second_factor.pause").exists()
