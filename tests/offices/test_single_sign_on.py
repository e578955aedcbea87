"""The city's own sign-in against a provider in a process of its own: who is known comes in, and no bent token, state or person does."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import requests
from django.test import Client

from offices import factors, single_sign_on
from offices.demonstration import Offices
from offices.models import HistoryEntry, Membership, SingleSignOn, User
from tests.cast import AT
from tests.offices.provider import CLIENT, SECRET
from tests.offices.test_second_factor import enrolled

pytestmark = [pytest.mark.django_db, pytest.mark.processes]
START, BACK, HOME = "/staff/single-sign-on/", "/staff/single-sign-on/back/", "/staff/"
CLERK = "ruicheng.housing.clerk"


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """The provider's address."""
    root = Path(__file__).parents[2]
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.offices.provider"], stdout=subprocess.PIPE, text=True, cwd=root
    )
    assert process.stdout is not None
    yield process.stdout.readline().strip()
    process.kill()
    process.wait()


@pytest.fixture(autouse=True)
def provider(issuer: str, settings: Any) -> Iterator[None]:
    """The platform is told of it."""
    settings.OIDC = {
        **settings.OIDC,
        "issuer": issuer,
        "client_id": CLIENT,
        "client_secret": SECRET,
        "second_factor": ["otp"],
    }
    single_sign_on._client.cache_clear()
    yield
    single_sign_on._client.cache_clear()


def led_back(client: Client, **asked: str) -> str:
    """Where the provider sends the browser after it asked him."""
    go = client.get(START, {"next": asked.pop("next", "")})
    assert go.status_code == 302, go.content.decode()
    answer = requests.get(f"{go['Location']}&{urlencode(asked)}", allow_redirects=False, timeout=10)
    return answer.headers["Location"].removeprefix("http://testserver")


def sign_in(client: Client, user: str, **asked: str) -> Any:
    """Through the provider."""
    return client.get(led_back(client, user=user, **asked))


def nobody(client: Client) -> bool:
    """Whether nobody is signed in."""
    return client.get(HOME).status_code == 302


def test_who_is_known_comes_in_and_is_bound_to_the_providers_number(offices: Offices) -> None:
    client, people = Client(), User.objects.count()
    assert "用统一身份认证登录" in client.get("/staff/login/").content.decode()
    answer = sign_in(client, "clerk", next="/staff/keys/")
    assert (answer.status_code, answer["Location"]) == (302, "/staff/keys/")
    assert client.get(HOME).context["request"].user.username == CLERK
    assert HistoryEntry.objects.filter(action="single_sign_on.bind").count() == SingleSignOn.objects.count() == 1
    assert sign_in(Client(), "renamed")["Location"] == HOME, "the number means him, whatever his name is there"
    other = Client()
    assert sign_in(other, "again").status_code == 403 and nobody(other), "a name that was given out again opens nothing"
    assert SingleSignOn.objects.count() == 1 and User.objects.count() == people


def test_nobody_is_made_or_let_in_who_was_not_invited_or_has_left(offices: Offices) -> None:
    User.objects.create_superuser("root", password="x")
    people, roles = User.objects.count(), Membership.objects.count()
    for who in ("stranger", "root"):
        client = Client()
        answer = sign_in(client, who)
        assert answer.status_code == 403 and "没有您的账号" in answer.content.decode() and nobody(client), who
    clerk = User.objects.get(username=CLERK)
    assert sign_in(Client(), "clerk").status_code == 302
    Membership.objects.filter(user=clerk).update(active=False)
    assert sign_in(Client(), "clerk").status_code == 403
    Membership.objects.filter(user=clerk).update(active=True)
    User.objects.filter(pk=clerk.pk).update(is_active=False)
    assert sign_in(Client(), "clerk").status_code == 403
    assert (User.objects.count(), Membership.objects.count()) == (people, roles)


@pytest.mark.parametrize(
    "twist", ["audience", "expired", "issuer", "nonce", "unsigned", "key", "by-secret", "no-expiry"]
)
def test_a_bent_token_opens_nothing(offices: Offices, twist: str) -> None:
    client = Client()
    answer = sign_in(client, "clerk", twist=twist)
    assert answer.status_code == 403 and "应答不对" in answer.content.decode()
    assert nobody(client) and not SingleSignOn.objects.exists()


def test_a_state_opens_once_and_in_the_browser_that_asked(offices: Offices) -> None:
    client, victim = Client(), Client()
    back = led_back(client, user="clerk")
    assert victim.get(back).status_code == 403 and nobody(victim), (
        "a link that an attacker sends signs nobody in as him"
    )
    assert client.get(back).status_code == 302
    client.logout()
    assert client.get(back).status_code == 403 and nobody(client)
    for path in (
        BACK,
        f"{BACK}?code=x&state=y",
        f"{BACK}?error=access_denied&state=%00",
        f"{BACK}?state=" + "y" * 5000,
    ):
        assert Client().get(path).status_code == 403


def test_the_platforms_own_second_factor_is_asked_unless_the_provider_asked_for_one(offices: Offices) -> None:
    enrolled(User.objects.get(username=CLERK), AT)
    client = Client()
    assert sign_in(client, "clerk")["Location"] == "/staff/second-factor/" and nobody(client)
    assert sign_in(client, "strong")["Location"] == HOME and not nobody(client)
    assert factors.factor_of(User.objects.get(username=CLERK)) is not None


def test_an_address_counts_only_where_the_provider_has_verified_it(offices: Offices, settings: Any) -> None:
    settings.OIDC = {**settings.OIDC, "claim": "email", "field": "email"}
    assert sign_in(Client(), "mail").status_code == 403
    claims = {"iss": settings.OIDC["issuer"], "sub": "p-3", "email": f"{CLERK}@example.org", "email_verified": True}
    assert single_sign_on.person_of(claims, at=AT).username == CLERK


def test_a_provider_that_is_away_is_said_and_passwords_go_on(offices: Offices, settings: Any) -> None:
    settings.OIDC = {**settings.OIDC, "issuer": "http://127.0.0.1:9"}
    single_sign_on._client.cache_clear()
    answer = Client().get(START)
    assert answer.status_code == 403 and "没有应答" in answer.content.decode()
    settings.OIDC = {**settings.OIDC, "issuer": ""}
    assert (
        Client().get(START).status_code == 404 and "统一身份认证" not in Client().get("/staff/login/").content.decode()
    )
