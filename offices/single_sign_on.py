"""The city's own sign-in (统一身份认证) by OpenID Connect, for people whom the platform knows already.

Authlib does the protocol: state, nonce, PKCE, the provider's keys, signature, issuer, audience and time of the token. What is ours: which
algorithms may sign, who is meant, and that nobody gets an account or a right by it. A claim finds the account the first time; from then
on the provider's own number of the person (``sub``) does, so that a name that is given out again opens nobody else's account.
"""

import datetime as dt
import logging
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.django_client import OAuth
from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from joserfc.errors import JoseError
from requests.exceptions import RequestException

from offices.history import record, salted
from offices.models import SingleSignOn, User
from policies.refusal import Forbidden

logger = logging.getLogger(__name__)
SIGNED_BY = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"})
WAIT = 10.0  # seconds for the provider
UNKNOWN = "统一身份认证已经通过，但本平台没有您的账号。请向本单位的系统管理员索取邀请"
WRONG = "没有登录：统一身份认证的应答不对或已过期，请重新登录"
AWAY = "统一身份认证没有应答，请稍后再试，或用本平台的用户名和密码登录"


def offered() -> bool:
    """Whether the operator has set a provider up."""
    return bool(settings.OIDC["issuer"] and settings.OIDC["client_id"])


@lru_cache(maxsize=4)
def _client(issuer: str, client_id: str, secret: str, scope: str) -> Any:
    """The provider as its own document describes it; read once by each process, its keys again when an unknown one signs."""
    client = OAuth().register(
        "single_sign_on", client_id=client_id, client_secret=secret or None,
        server_metadata_url=f"{issuer.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={"scope": scope, "code_challenge_method": "S256", "default_timeout": WAIT},
    )  # fmt: skip
    described = client.load_server_metadata()
    if described.get("issuer") != issuer:
        raise Forbidden("统一身份认证的配置不对：签发者与设置不符")
    offered_by = described.get("id_token_signing_alg_values_supported") or ["RS256"]
    described["id_token_signing_alg_values_supported"] = sorted(SIGNED_BY.intersection(offered_by))
    return client


def client() -> Any:
    """As the settings name it. Forbidden where it does not answer."""
    oidc = settings.OIDC
    try:
        return _client(oidc["issuer"], oidc["client_id"], oidc["client_secret"], oidc["scope"])
    except (RequestException, ValueError) as error:
        logger.warning("single_sign_on_away", extra={"error": type(error).__name__})
        raise Forbidden(AWAY) from error


def claims_of(request: HttpRequest) -> Mapping[str, Any]:
    """What the provider says of who came back from it, every check passed. Raises Forbidden."""
    asked = {
        "iss": {"essential": True, "values": [settings.OIDC["issuer"]]},
        "aud": {"essential": True, "values": [settings.OIDC["client_id"]]},
        "exp": {"essential": True}, "iat": {"essential": True}, "sub": {"essential": True}, "nonce": {"essential": True},
    }  # fmt: skip
    try:
        claims = client().authorize_access_token(request, claims_options=asked).get("userinfo")
    except RequestException as error:
        raise Forbidden(AWAY) from error
    except (AuthlibBaseError, JoseError, ValueError, KeyError) as error:
        logger.warning("single_sign_on_refused", extra={"error": type(error).__name__})
        raise Forbidden(WRONG) from error
    if not claims:
        raise Forbidden(WRONG)
    found: Mapping[str, Any] = claims
    return found


@transaction.atomic
def person_of(claims: Mapping[str, Any], *, at: dt.datetime) -> User:
    """The account that the provider means: bound before, or found by the claim and bound now. Never made, never given a role.

    Raises Forbidden for whoever is not known here, whose account is closed or holds no role, and for superusers.
    """
    issuer, subject = str(claims["iss"]), str(claims["sub"])
    bound = SingleSignOn.objects.filter(issuer=issuer, subject=subject).select_related("user").first()
    user = bound.user if bound else _named(claims)
    if user is None or not user.is_active or user.is_superuser or not user.memberships.filter(active=True).exists():
        raise Forbidden(UNKNOWN)
    if bound is None:
        try:
            with transaction.atomic():
                SingleSignOn.objects.create(user=user, issuer=issuer, subject=subject, created_at=at, updated_at=at)
        except IntegrityError as error:  # the account is another person's at the provider
            raise Forbidden(UNKNOWN) from error
        record(by=user, at=at, action="single_sign_on.bind", subject=user, data={"hash": salted(f"{issuer} {subject}")})
    return user


def _named(claims: Mapping[str, Any]) -> User | None:
    field, value = settings.OIDC["field"], claims.get(settings.OIDC["claim"])
    if not isinstance(value, str) or not value or (field == "email" and claims.get("email_verified") is not True):
        return None
    found = list(User.objects.filter(**{field: value})[:2])
    return found[0] if len(found) == 1 else None


def proven(claims: Mapping[str, Any]) -> bool:
    """Whether the provider has asked for a second factor of a kind that the operator accepts (``amr``)."""
    ways = claims.get("amr")
    return isinstance(ways, list) and bool(set(map(str, ways)) & set(settings.OIDC["second_factor"]))
