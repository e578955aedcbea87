"""What the process environment says, read once and refused loudly when it makes no sense. Plain Python, no Django."""

import datetime as dt
import hashlib
import ipaddress
import os
import re
import secrets
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
RETAINED = (
    "complaint_persons", "remark_persons", "objection_persons", "inbox", "sms", "invitations", "sign_ins", "failed_sign_ins", "attempts",
    "sessions",
)  # fmt: skip
SOCKET_PATH_LIMIT = 100  # bytes; macOS allows 104 with the closing zero, Linux 108


class BadEnvironment(SystemExit):
    """A setting that the operator must mend; printed in one line without a trace."""


def flag(name: str, environment: Mapping[str, str] = os.environ) -> bool:
    """True for 1, true, yes or on (and ``empty``: a demonstration of offices and accounts alone)."""
    return environment.get(name, "").strip().lower() in {"1", "true", "yes", "on", "empty"}


def required(names: list[str]) -> None:
    """Stop the start, naming every variable that production lacks."""
    missing = [name for name in names if not os.environ.get(name)]
    if missing:
        raise BadEnvironment(f"生产环境缺少环境变量：{'、'.join(missing)}（PRODUCTION=1 时必须设置，见 README）")


def positive(name: str, default: int, environment: Mapping[str, str] = os.environ) -> int:
    """A whole number of at least one."""
    text = environment.get(name, "").strip() or str(default)
    if not re.fullmatch(r"[1-9]\d{0,5}", text):
        raise BadEnvironment(f"{name} 应为正整数，不能是 {text!r}")
    return int(text)


def networks(text: str, name: str = "WEBHOOK_NETWORKS") -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    """Networks separated by commas."""
    try:
        return [ipaddress.ip_network(part.strip()) for part in text.split(",") if part.strip()]
    except ValueError as error:
        raise BadEnvironment(f"{name} 应为网段，如 10.8.0.0/16，多个用逗号分隔：{error}") from error


def single_sign_on(environment: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """The city's identity provider: ``OIDC_ISSUER`` and its client; ``OIDC_CLAIM`` is held against ``OIDC_FIELD`` (username or email)."""

    def said(name: str, default: str = "") -> str:
        return environment.get(f"OIDC_{name}", "").strip() or default

    field, issuer = said("FIELD", "username"), said("ISSUER")
    if field not in {"username", "email"}:
        raise BadEnvironment(f"OIDC_FIELD 只能是 username 或 email，不能是 {field}")
    if issuer and not issuer.startswith("https://") and flag("PRODUCTION", environment):
        raise BadEnvironment("OIDC_ISSUER 在生产环境须以 https:// 开头")
    return {
        "issuer": issuer, "client_id": said("CLIENT_ID"), "client_secret": said("CLIENT_SECRET"), "field": field,
        "claim": said("CLAIM", "email" if field == "email" else "preferred_username"), "scope": said("SCOPE", "openid profile"),
        "name": said("NAME", "统一身份认证"), "second_factor": [way for way in said("SECOND_FACTOR").split(",") if way],
    }  # fmt: skip


def retention(text: str) -> dict[str, int]:
    """``complaint_persons=365,sign_ins=400`` as days by name. Logs of who signed in are kept six months by law: no fewer than 183 days."""
    days: dict[str, int] = {}
    for part in filter(None, (item.strip() for item in text.split(","))):
        name, _, number = part.partition("=")
        if name not in RETAINED or not number.isdecimal():
            raise BadEnvironment(f"RETENTION 应写成 {RETAINED[0]}=365，名称为 {'、'.join(RETAINED)}，不能是 {part!r}")
        if name in {"sign_ins", "failed_sign_ins"} and int(number) < 183:
            raise BadEnvironment(
                f"RETENTION 中 {name} 不能少于 183 天（《网络安全法》第二十一条：日志留存不少于六个月）"
            )
        days[name] = int(number)
    return days


def secret_key(data: Path) -> str:
    """SECRET_KEY of the environment, else one made once and kept in the data folder (never in production)."""
    key = os.environ.get("SECRET_KEY")
    if key:
        return key
    file = data / "secret.key"
    data.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_text()
    with os.fdopen(descriptor, "w") as handle:
        key = secrets.token_urlsafe(50)
        handle.write(key)
    return key


def database(url: str | None, data: Path) -> dict[str, Any]:
    """Django's DATABASES entry for ``postgresql://user:password@host:port/name`` (``?host=/run``: a socket folder)."""
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(data / "renovation.sqlite3"),
            # IMMEDIATE and WAL: writers queue instead of failing; FULL: a committed ballot survives a power cut.
            "OPTIONS": {
                "timeout": 20,
                "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;",
            },
        }
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise BadEnvironment(f"DATABASE_URL 只支持 postgresql://…，不支持 {parts.scheme}://")
    query = dict(item.split("=", 1) for item in parts.query.split("&") if "=" in item)
    return {
        "ENGINE": "rest.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(query.get("host", "")) or unquote(parts.hostname or ""),
        "PORT": str(parts.port or query.get("port", "")),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "TIME_ZONE": "Asia/Shanghai",
        "DISABLE_SERVER_SIDE_CURSORS": flag(
            "TRANSACTION_POOLING"
        ),  # they end with their transaction: lists are read in pieces
        # Compiling a plan costs seconds where the answer takes tenths; a pooler takes no options at the start of a connection.
        "OPTIONS": {} if flag("TRANSACTION_POOLING") else {"options": "-c jit=off"},
    }


def queue_socket(data: Path) -> Path:
    """Unix socket of the embedded queue. A data folder with a long path gets a short private folder of its own in the temporary one."""
    socket = data / "queue" / "valkey.sock"
    if len(os.fsencode(socket)) <= SOCKET_PATH_LIMIT:
        return socket
    digest = hashlib.sha256(os.fsencode(data)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"renovation-{os.getuid()}-{digest}" / "valkey.sock"


def queue_url(data: Path) -> str:
    """Celery's address of the embedded queue."""
    return f"redis+socket://{quote(str(queue_socket(data)))}?virtual_host=0"


def client_url(broker: str) -> str:
    """The same queue as redis-py writes it: Celery's ``redis+socket://…?virtual_host=0`` is its ``unix://…?db=0``."""
    return broker.replace("redis+socket://", "unix://", 1).replace("?virtual_host=", "?db=", 1)


def clock_offset(text: str, now: dt.datetime | None = None) -> dt.timedelta:
    """``-20d``, ``+3h``, ``+1d12h`` or a day ``2026-11-01`` (offset from now) as a timedelta. Empty is no offset."""
    text = text.strip()
    if not text:
        return dt.timedelta()
    match = re.fullmatch(r"([+-])(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?", text)
    if match and any(match.groups()[1:]):
        days, hours, minutes, seconds = (int(part or 0) for part in match.groups()[1:])
        span = dt.timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
        return span if match.group(1) == "+" else -span
    try:
        wanted = dt.datetime.fromisoformat(text)
    except ValueError as error:
        raise BadEnvironment(f"CLOCK 应写成 -20d、+3h 或 2026-11-01，不能是 {text!r}") from error
    if wanted.tzinfo is None:
        if len(text) == 10:
            wanted = wanted.replace(hour=9)
        wanted = wanted.replace(tzinfo=SHANGHAI)
    return wanted - (now or dt.datetime.now(SHANGHAI))


def offset_text(offset: dt.timedelta) -> str:
    """The offset in the form that ``clock_offset`` reads (``+1d2h3m4s``, whole seconds); empty for none."""
    seconds = round(offset.total_seconds())
    if seconds == 0:
        return ""
    minutes, rest = divmod(abs(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    return f"{'+' if seconds > 0 else '-'}{days}d{hours}h{minutes}m{rest}s"
