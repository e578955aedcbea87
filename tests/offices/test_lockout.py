"""Guessing passwords: locked by account and by address, each with its own limit; nobody learns from an answer which accounts exist."""

import re
from typing import Any

import pytest
from django.conf import settings as site
from django.contrib.auth.hashers import Argon2PasswordHasher, MD5PasswordHasher
from django.test import Client

from offices import lockout
from offices.demonstration import PASSWORD, Offices
from offices.models import User
from tests.offices.test_pages import sign_in

pytestmark = pytest.mark.django_db
CLERK = "ruicheng.housing.clerk"


class ArgonHasher(Argon2PasswordHasher):
    """The platform's own, that counts: making a hash and holding a password against one cost the same."""

    work = 0

    def encode(self, password: str, salt: str) -> str:
        """Count."""
        ArgonHasher.work += 1
        return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        """Count."""
        ArgonHasher.work += 1
        return super().verify(password, encoded)


@pytest.mark.parametrize("who", ["account", "address"])
def test_guessing_ends_and_says_so(offices: Offices, who: str) -> None:
    """After five tries of an account, from anywhere; after more of an address, which a whole office shares, whatever the accounts."""
    for number in range(1 + (site.AXES_FAILURE_LIMIT if who == "account" else site.ADDRESS_FAILURE_LIMIT)):
        account, address = (CLERK, f"10.0.0.{number}") if who == "account" else (f"nobody{number}", "10.0.0.1")
        answer = sign_in(Client(REMOTE_ADDR=address), account, "wrong")
    assert answer.status_code == 429 and "登录已暂停" in answer.content.decode()
    last = Client(REMOTE_ADDR="10.9.9.9" if who == "account" else "10.0.0.1")
    assert sign_in(last, CLERK, PASSWORD).status_code == 429


def test_an_address_that_tries_many_accounts_is_locked_and_no_other(offices: Offices, settings: Any) -> None:
    settings.ADDRESS_FAILURE_LIMIT = 12
    here = Client(REMOTE_ADDR="10.0.0.7")
    answers = [sign_in(here, f"nobody{number}", "wrong-password").status_code for number in range(11)]
    assert set(answers) == {200}
    assert sign_in(here, CLERK, PASSWORD).status_code == 302, (
        "an office shares an address: five wrong ones lock nobody else out"
    )
    here.logout()
    assert sign_in(here, "nobody12", "wrong-password").status_code == 429, "who has one account guesses no further"
    assert sign_in(here, CLERK, PASSWORD).status_code == 429
    assert sign_in(Client(REMOTE_ADDR="10.0.0.8"), CLERK, PASSWORD).status_code == 302


def test_who_signs_in_begins_anew(offices: Offices) -> None:
    for _ in range(3):
        assert [sign_in(Client(), CLERK, "wrong").status_code for _ in range(4)] == [200] * 4
        assert sign_in(Client(), CLERK, PASSWORD).status_code == 302


def test_the_address_is_the_callers_and_no_header_that_he_wrote(offices: Offices, settings: Any, rf: Any) -> None:
    def seen(**meta: str) -> str | None:
        return lockout.address(rf.get("/", **meta))

    forwarded = {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "1.2.3.4, 9.9.9.9"}
    assert seen(**forwarded) == "10.0.0.1", "no proxy is believed unless it is said"
    settings.REST_FRAMEWORK = {**site.REST_FRAMEWORK, "NUM_PROXIES": 1}
    assert seen(**forwarded) == "9.9.9.9", "what the proxy wrote, not what the caller did"
    assert seen(REMOTE_ADDR="2001:db8:1:2:3:4:5:6") == "2001:db8:1:2::", "a host owns its network"
    assert seen(REMOTE_ADDR="") is None
    assert sign_in(Client(REMOTE_ADDR="2001:db8::1"), CLERK, "wrong").status_code == 200


def test_unknown_known_and_closed_accounts_get_the_same_answer_for_the_same_work(
    offices: Offices, monkeypatch: pytest.MonkeyPatch
) -> None:
    User.objects.filter(username="ruicheng.finance.clerk").update(is_active=False)
    work: list[str] = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda *given: work.append("") or encode(*given))

    def answer(name: str, password: str) -> tuple[int, str, int]:
        work.clear()
        found = sign_in(Client(), name, password)
        page = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", found.content.decode()).replace(name, "")
        return found.status_code, page, len(work)

    unknown = answer("nobody.at.all", "wrong")
    assert unknown[0] == 200 and unknown[2] == 1, "a second back end would hash it again"
    assert answer(CLERK, "wrong") == unknown
    assert answer("ruicheng.finance.clerk", PASSWORD) == unknown, "the right password of a closed account tells nothing"
    for name in ("nobody.at.all", CLERK):
        last = [answer(name, "wrong") for _ in range(5)][-1]
        assert last[0] == 429 and last[2] == 0
    assert answer("nobody.at.all", "x")[1] == answer(CLERK, PASSWORD)[1]


def test_a_wrong_password_costs_one_argon2_hash_whether_or_not_the_account_is_there(
    offices: Offices, settings: Any
) -> None:
    settings.PASSWORD_HASHERS = [f"{ArgonHasher.__module__}.{ArgonHasher.__name__}"]
    known, invited = User.objects.get(username=CLERK), User.objects.get(username="ruicheng.finance.clerk")
    known.set_password(PASSWORD)
    known.save()
    invited.set_unusable_password()
    invited.save()
    ArgonHasher.work = 0
    for name in ("nobody.at.all", known.username, invited.username):
        assert sign_in(Client(), name, "wrong").status_code == 200
        assert ArgonHasher.work == 1, name
        ArgonHasher.work = 0
