"""One POST to an address that somebody entered: to the host that was checked and no other, no redirect, a few seconds, nothing read back.

A server that sends requests to entered addresses is a way into its own network (SSRF). So the name is resolved here, every address that
it has must be allowed, and the connection goes to the address that was checked: a name that means another host a moment later is no way
around it. Addresses of an intranet are allowed where the operator names their networks (``WEBHOOK_NETWORKS``).
"""

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

SECONDS = 10
CONNECT_SECONDS = 5
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Unreachable(Exception):
    """It may not or could not be reached; the message says why, in words for its owner."""


@dataclass(frozen=True)
class Target:
    """Where a request goes: the checked address beside the name that TLS and Host speak of."""

    parts: SplitResult
    address: str
    port: int


def resolve(url: str) -> Target:
    """The address of a webhook's URL. Raises Unreachable for what is no such URL and for hosts that are not allowed."""
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as error:
        raise Unreachable("网址写法有误") from error
    if parts.scheme not in {"https", "http"} or not parts.hostname or parts.username is not None or not url.isascii():
        raise Unreachable("须为 https:// 开头的网址，不含用户名和密码")
    if any(sign in url for sign in " \r\n\t\x00\\") or parts.fragment:
        raise Unreachable("网址中有不允许的字符")
    try:
        found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable(f"找不到主机 {parts.hostname}") from error
    addresses = [ipaddress.ip_address(str(row[4][0]).partition("%")[0]) for row in found]
    if not all(_allowed(address, parts.scheme) for address in addresses):
        raise Unreachable(
            "不能发往内部网络的地址，也不能用 http；确需发往政务内网的，请系统管理员设置 WEBHOOK_NETWORKS"
        )
    return Target(parts, str(addresses[0]), port)


def _inner(address: Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that an IPv6 one is another name of: mapped, 6to4 or translated (NAT64)."""
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour


def _allowed(address: Address, scheme: str) -> bool:
    inner = _inner(address)
    if inner is not None:
        return _allowed(inner, scheme)
    if any(address in network for network in settings.WEBHOOK_NETWORKS):
        return True
    return scheme == "https" and address.is_global and not address.is_multicast


def post(url: str, body: bytes, headers: Mapping[str, str]) -> int:
    """Send; the HTTP status. Raises Unreachable. The answer's body is not read: nobody here wants it, and it could be endless."""
    target = resolve(url)
    connection = _connection(target)
    # A timeout of the socket starts anew with every byte; this one ends the whole.
    watchdog = threading.Timer(SECONDS, _cut, [connection])
    watchdog.start()
    try:
        path = target.parts.path or "/"
        query = f"?{target.parts.query}" if target.parts.query else ""
        connection.request("POST", path + query, body, {**headers, "Host": target.parts.netloc, "Connection": "close"})
        return connection.getresponse().status
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Unreachable(f"没有送达：{type(error).__name__}") from error
    finally:
        watchdog.cancel()
        connection.close()


class _Pinned(http.client.HTTPConnection):
    """A connection to the checked address; over TLS the certificate must be the name's."""

    def __init__(self, target: Target) -> None:
        super().__init__(str(target.parts.hostname), target.port, timeout=CONNECT_SECONDS)
        self.target = target

    def connect(self) -> None:
        """To the address, whatever the name means by now."""
        plain = socket.create_connection((self.target.address, self.target.port), CONNECT_SECONDS)
        secure = self.target.parts.scheme == "https"
        context = ssl.create_default_context() if secure else None
        self.sock = context.wrap_socket(plain, server_hostname=self.target.parts.hostname) if context else plain


def _connection(target: Target) -> http.client.HTTPConnection:
    return _Pinned(target)


def _cut(connection: http.client.HTTPConnection) -> None:
    if connection.sock is not None:
        try:
            connection.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
