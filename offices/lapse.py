"""Who has been signed out by time is told so at his next click, and comes back to the page he was on."""

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import redirect_to_login
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme

from offices.once import SAFE

HOUR = 3600


class Lapse:
    """The middleware: an act makes the session last on; a click after its end leads to the sign-in with a reason.

    What a page asks for by itself (a fragment read on, the plan table that looks every fifteen seconds) is no act.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer."""
        response = self.get_response(request)
        if not request.session.accessed:
            return response
        fragment = "HX-Request" in request.headers
        if request.method != "GET" or not (fragment or request.headers.get("Sec-Fetch-Dest") == "empty"):
            try:
                request.session.go_on()  # type: ignore[attr-defined]
            except DatabaseError:  # a full disk: the answer stands, the session ends where it would have
                pass
        if _asks_to_sign_in(response):
            return _led(request, response, fragment)
        return response


def _asks_to_sign_in(response: HttpResponseBase) -> bool:
    """A page that knows nobody, not one that sends its reader to begin again."""
    target = urlsplit(response.headers.get("Location", "")) if response.status_code == 302 else urlsplit("")
    return target.path == resolve_url(settings.LOGIN_URL) and REDIRECT_FIELD_NAME in parse_qs(target.query)


def _led(request: HttpRequest, response: HttpResponseBase, fragment: bool) -> HttpResponseBase:
    """To the sign-in and from there to the page that was open, not to the address of a fragment or of a form that was sent."""
    if getattr(request.session, "lapsed", False):
        messages.warning(request, _words(request.method not in SAFE))
    page = request.headers.get("HX-Current-URL" if fragment else "Referer", "")
    if request.method not in SAFE or fragment:
        ours = url_has_allowed_host_and_scheme(page, {request.get_host()}, request.is_secure())
        parts = urlsplit(page if ours else "")
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        response = redirect_to_login(target or settings.LOGIN_REDIRECT_URL)
    if fragment:
        return HttpResponse(status=401, headers={"HX-Redirect": response.headers["Location"]})
    return response


def _words(sent: bool) -> str:
    idle, hours = settings.SESSION_IDLE_SECONDS // 60, settings.SESSION_COOKIE_AGE // HOUR
    lost = "刚才提交的内容没有保存，登录后请核对再提交。" if sent else "登录后回到刚才的页面。"
    return f"您已退出登录：{idle} 分钟没有操作、登录满 {hours} 小时，或在别处退出、改了密码或岗位，都会这样。{lost}"
