"""How a reader wants pages to look: 大字版, 高对比. One cookie that says nothing else, set by a link; no script, no session."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

COOKIE = "look"
LARGE, CONTRAST = "large", "contrast"
LOOKS = ("plain", LARGE, CONTRAST, f"{LARGE}-{CONTRAST}")
KEPT_DAYS = 365


def look_of(request: HttpRequest) -> str:
    """The look that was chosen; empty for the plain one and for anything unknown."""
    given = request.COOKIES.get(COOKIE, "")
    return given if given in LOOKS[1:] else ""


def switches(look: str) -> dict[str, Any]:
    """For templates: classes of the page, and the look that each switch leads to."""
    parts = set(look.split("-")) if look else set()
    return {
        "classes": " ".join(f"look-{part}" for part in sorted(parts)), "large": LARGE in parts, "contrast": CONTRAST in parts,
        "to_large": _other(parts, LARGE), "to_contrast": _other(parts, CONTRAST),
    }  # fmt: skip


def _other(parts: set[str], switched: str) -> str:
    wanted = parts ^ {switched}
    return "-".join(part for part in (LARGE, CONTRAST) if part in wanted) or "plain"


@never_cache
@require_safe
def choose(request: HttpRequest, look: str) -> HttpResponse:
    """Keep the choice and go back to the page where it was made (``?back=``, a path of this site)."""
    if look not in LOOKS:
        raise Http404(look)
    back = request.GET.get("back", "")
    if not back.startswith("/") or not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        back = "/"
    response = HttpResponseRedirect(back)
    if look == LOOKS[0]:
        response.delete_cookie(COOKIE)
    else:
        response.set_cookie(
            COOKIE, look, max_age=KEPT_DAYS * 86_400, secure=bool(settings.SESSION_COOKIE_SECURE), httponly=True, samesite="Lax"
        )  # fmt: skip
    return response


urlpatterns = [path("look/<slug:look>/", choose, name="look")]
