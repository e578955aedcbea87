"""``/api/v1/``: the resources of every app (``<app>.urls.api``, a list of prefix, viewset, basename) and of the interface itself."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import Resolver404, include, path, re_path
from django.views.decorators.csrf import csrf_exempt
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.routers import SimpleRouter

from renovation.api.ask import AskView
from renovation.api.changes import ChangesView
from renovation.api.documentation import DeprecationList, DocsView, ErrorDetail, ErrorList, SchemaView
from renovation.api.exports import ExportsView
from renovation.api.registry import resources
from renovation.api.rulebooks import RulebookViewSet, RuleViewSet
from rest import problems
from rest.views import ProblemView

OWN: list[tuple[str, Any, str]] = [("rulebooks", RulebookViewSet, "rulebook"), ("rules", RuleViewSet, "rule")]
RESOURCES = [*OWN, *resources()]


def routes(prefix: str, viewset: Any, basename: str) -> Any:
    """The addresses of one resource below its prefix: a request is held against one resource's, never against all of them."""
    router = SimpleRouter()
    router.register("", viewset, basename=basename)
    return path(f"{prefix}/", include(router.urls))


class RootView(ProblemView):
    """接口的入口：全部资源的网址。"""

    @extend_schema(tags=["root"], operation_id="root", responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        """Name and address of every resource."""
        listed = {
            prefix: reverse(f"api:{basename}-list", request=request)
            for prefix, viewset, basename in RESOURCES
            if hasattr(viewset, "list")
        }
        own = {
            name: reverse(f"api:{name}", request=request)
            for name in ("changes", "exports", "ask", "errors", "deprecations", "schema", "docs")
        }
        return Response({**listed, **own})


@csrf_exempt
def unknown(request: HttpRequest, rest: str) -> HttpResponse:
    """Any other address. A reader who forgot the last slash is sent on; a writer is told, because a redirect would lose the body."""
    slashed = not request.path.endswith("/") and not is_unknown(f"{rest}/")
    if slashed and request.method in {"GET", "HEAD"}:
        query = request.META.get("QUERY_STRING", "")
        return HttpResponsePermanentRedirect(f"{request.path}/{'?' if query else ''}{query}")
    if slashed:
        return problems.answer("not_found", "网址须以 / 结尾。")
    return problems.page_not_found(request)


def is_unknown(rest: str) -> bool:
    """Whether an address below the root belongs to no resource."""
    return not any(_resolves(pattern, rest) for pattern in urlpatterns[:-1])


def _resolves(pattern: Any, rest: str) -> bool:
    try:
        return bool(pattern.resolve(rest))
    except Resolver404:
        return False


app_name = "api"
urlpatterns: list[Any] = [
    path("", RootView.as_view(), name="root"),
    path("schema/", SchemaView.as_view(), name="schema"),
    path("docs/", DocsView.as_view(), name="docs"),
    path("errors/", ErrorList.as_view(), name="errors"),
    path("errors/<slug:code>/", ErrorDetail.as_view(), name="error"),
    path("deprecations/", DeprecationList.as_view(), name="deprecations"),
    path("changes/", ChangesView.as_view(), name="changes"),
    path("ask/", AskView.as_view(), name="ask"),
    path("exports/", ExportsView.as_view(), name="exports"),
    *(routes(*resource) for resource in RESOURCES),
    re_path(r"^(?P<rest>.*)$", unknown, name="unknown"),
]
