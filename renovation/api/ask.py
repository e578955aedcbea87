"""``ask``: a question of the law, answered by the same functions that the platform uses and that the worked examples check."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from pydantic import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from offices.calendar import calendar
from offices.clock import today
from offices.rulebooks import library
from policies.refusal import Invalid
from renovation.api.serializers import AnswerSerializer
from renovation.examples import PROBLEMS
from renovation.questions import QUESTIONS
from rest.parameters import choice, day, invalid
from rest.parsers import JSONParser
from rest.views import ProblemView


class AskView(ProblemView):
    """规则问答：按某地某日有效的文件回答一个问题。"""

    parameters = ("question", "rulebook", "day", "input")

    @extend_schema(
        tags=["ask"],
        parameters=[
            OpenApiParameter("question", str, required=True, enum=list(QUESTIONS), description="问题"),
            OpenApiParameter("rulebook", str, required=True, description="规则库（place）"),
            OpenApiParameter("day", {"type": "string", "format": "date"}, description="提问的日期；缺省为今天"),
            OpenApiParameter(
                "input", str, required=True, description='JSON 对象，如 {"households": 120, "agreeing": 95}'
            ),
        ],
        responses=AnswerSerializer,
    )
    def get(self, request: Request) -> Response:
        """The answer, with the rule that decided."""
        question = _required(request, "question", list(QUESTIONS))
        place = _required(request, "rulebook", [book.document.place for book in library()])
        on = day(request, "day") or today()
        layers = library().layers(place)
        try:
            answer = QUESTIONS[question].ask(layers, on, _given(question, request), calendar())
        except (ValueError, OverflowError) as error:
            raise invalid("input", str(error)) from error
        value = {"question": question, "rulebook": place, "day": on, "revision": layers.revision, "answer": answer}
        return Response(AnswerSerializer(value).data)


def _required(request: Request, name: str, allowed: list[str]) -> str:
    value = choice(request, name, allowed)
    if value is None:
        raise invalid(name, f"必填；可用：{'、'.join(allowed)}")
    return value


def _given(question: str, request: Request) -> Any:
    """The question's typed input. Raises Invalid, naming each key."""
    raw = JSONParser.read(request.query_params.get("input", "").encode())
    try:
        return QUESTIONS[question].input.model_validate(raw)
    except ValidationError as error:
        errors: dict[str, list[str]] = {}
        for item in error.errors():
            key = ".".join(["input", *(str(part) for part in item["loc"] if part not in ("str", "int"))])
            context = item.get("ctx", {})
            text = PROBLEMS.get(item["type"], "").format(**context) or str(context.get("error", item["msg"]))
            errors.setdefault(key, []).append(text)
        raise Invalid("input 有误，请按 errors 的说明修改。", code="invalid_parameter", errors=errors) from error
