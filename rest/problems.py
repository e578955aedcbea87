"""Every no of the interface as ``application/problem+json`` (RFC 9457), whoever says it: a rule, an action, DRF, Django or the database."""

import json
import logging
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, ValidationError
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from rest_framework import exceptions
from rest_framework.response import Response

from policies.refusal import Citation, Invalid, Reason, Refused
from rest import catalogue, house

CONTENT_TYPE = "application/problem+json"
log = logging.getLogger(__name__)


class PreconditionRequired(Refused):
    """A change came without If-Match."""

    status = 428
    code = "precondition_required"


class TooLarge(Refused):
    """The body is larger than the server takes."""

    status = 413
    code = "too_large"


class IdempotencyMismatch(Refused):
    """An Idempotency-Key came again with another request."""

    status = 422
    code = "idempotency_mismatch"


def rule(citation: Citation) -> dict[str, str]:
    """A citation as the interface prints it."""
    return {
        "id": citation.rule,
        "document": citation.document,
        "document_number": citation.document_number,
        "clause": citation.clause,
        "quote": citation.quote,
        "strength": citation.strength,
        "reading": citation.reading,
    }


def reason(item: Reason) -> dict[str, Any]:
    """One reason of a refusal as the interface prints it."""
    return {
        "text": item.text,
        "missing": item.missing,
        "subject": item.subject,
        "rule": rule(item.citation) if item.citation else None,
    }


def body(code: str, status: int, detail: str, *, errors: Mapping[str, list[str]] | None = None) -> dict[str, Any]:
    """The members that every problem has."""
    entry = catalogue.find(code)
    return {
        "type": f"{house.setting('ERRORS')}{code}/",
        "title": entry.title if entry else "操作被拒绝",
        "status": status,
        "detail": detail,
        "code": code,
        "errors": dict(errors or {}),
    }


def of_refusal(refusal: Refused) -> dict[str, Any]:
    """The problem of a refusal; where rules refused: ``rule`` (the first), ``reasons`` (all) and ``missing``."""
    problem = body(refusal.code, refusal.status, refusal.detail, errors=refusal.errors)
    if refusal.reasons:
        cited = next((item.citation for item in refusal.reasons if item.citation), None)
        problem["rule"] = rule(cited) if cited else None
        problem["missing"] = [item.missing for item in refusal.reasons if item.missing]
        problem["reasons"] = [reason(item) for item in refusal.reasons]
    return problem


def flatten(detail: Any, path: str = "") -> dict[str, list[str]]:
    """DRF's nested error detail as ``{"items[0].name": ["…"]}``; errors of the whole body stand under ``non_field_errors``."""
    found: dict[str, list[str]] = {}
    if isinstance(detail, Mapping):
        for key, value in detail.items():
            for inner, texts in flatten(value, f"{path}.{key}" if path else str(key)).items():
                found.setdefault(inner, []).extend(texts)
    elif isinstance(detail, list | tuple):
        for number, value in enumerate(detail):
            nested = isinstance(value, Mapping | list | tuple)
            for inner, texts in flatten(value, f"{path}[{number}]" if nested else path).items():
                found.setdefault(inner, []).extend(texts)
    else:
        found[path or "non_field_errors"] = [str(detail)]
    return found


def _invalid(error: exceptions.ValidationError | ValidationError) -> Refused:
    if isinstance(error, ValidationError):
        detail: Any = error.message_dict if hasattr(error, "error_dict") else error.messages
    else:
        detail = error.detail
    return Invalid("输入有误，请按 errors 的说明修改。", errors=flatten(detail))


_FIXED: tuple[tuple[type[Exception], str, str], ...] = (
    (Http404, "not_found", "没有这条记录，或者它不在您的可见范围内。"),
    (exceptions.NotFound, "not_found", "没有这条记录，或者它不在您的可见范围内。"),
    (exceptions.NotAuthenticated, "unauthenticated", "请先登录，或在 Authorization 头中给出密钥。"),
    (PermissionDenied, "forbidden", "您没有执行此操作的权限。"),
    (exceptions.NotAcceptable, "not_acceptable", "接口只提供 application/json。"),
    (RequestDataTooBig, "too_large", "请求体过大。"),
)
_SPOKEN: tuple[tuple[type[exceptions.APIException], str], ...] = (
    (exceptions.AuthenticationFailed, "unauthenticated"),
    (exceptions.PermissionDenied, "forbidden"),
    (exceptions.MethodNotAllowed, "method_not_allowed"),
    (exceptions.UnsupportedMediaType, "unsupported_media_type"),
    (exceptions.ParseError, "malformed_json"),
)


def describe(error: Exception) -> dict[str, Any] | None:
    """The problem of an exception; None for a fault of ours or a database that is away: the site's handler500 logs and answers it."""
    if isinstance(error, exceptions.ValidationError | ValidationError):
        error = _invalid(error)
    if isinstance(error, Refused):
        return of_refusal(error)
    if isinstance(error, exceptions.Throttled):
        return body("throttled", 429, f"请求过于频繁，请在 {_wait(error)} 秒后再试。")
    for kind, code, text in _FIXED:
        if isinstance(error, kind):
            return _listed(code, text)
    for kind, code in _SPOKEN:
        if isinstance(error, kind):
            return _listed(code, str(error.detail), status=error.status_code)
    if isinstance(error, exceptions.APIException):
        return body("refused", error.status_code, str(error.detail))
    if isinstance(error, IntegrityError):
        log.exception("a constraint of the database refused what an action let through")
        return body("conflict", 409, "与现有数据冲突，没有改动任何数据。")
    return None


def _wait(error: Exception) -> int:
    return int(getattr(error, "wait", None) or 1)


def _listed(code: str, text: str, *, status: int | None = None) -> dict[str, Any]:
    entry = catalogue.find(code)
    return body(code, status or (entry.status if entry else 500), text)


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's EXCEPTION_HANDLER."""
    problem = describe(error)
    if problem is None:
        return None
    headers = {}
    if getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = str(error.auth_header)  # type: ignore[attr-defined]
    if problem["status"] == 429:
        headers["Retry-After"] = str(_wait(error))
    return Response(problem, status=problem["status"], headers=headers, content_type=CONTENT_TYPE)


def answer(code: str, detail: str, *, status: int | None = None) -> HttpResponse:
    """A problem answer outside of DRF."""
    problem = _listed(code, detail, status=status)
    return HttpResponse(json.dumps(problem, ensure_ascii=False), status=problem["status"], content_type=CONTENT_TYPE)


def is_api(request: HttpRequest) -> bool:
    """Whether a request belongs to the interface (and not to a page)."""
    return request.path.startswith("/api/")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler400 under /api/."""
    if isinstance(exception, RequestDataTooBig):
        return answer("too_large", "请求体过大。")
    return answer("invalid", "请求不能被理解。")


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler403 under /api/."""
    return answer("forbidden", "您没有执行此操作的权限。")


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's handler404 under /api/."""
    return answer("not_found", "没有这个网址；可用的资源见 /api/v1/。")


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler500 under /api/."""
    return answer("internal", "服务器内部错误，已记录。")
