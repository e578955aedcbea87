"""What residents see of surveys: the questionnaire, how it goes, their own answer by its receipt, results once confirmed."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from approvals.models import CountingAnswer, Survey, SurveyAnswer
from approvals.surveys.queries import Need, needs_of, public_figures, public_survey
from communities.models import Community
from offices.clock import day_of
from offices.receipts import read_number


@dataclass(frozen=True)
class Shown:
    """A survey for its resident page. ``figures`` None: not published (yet, or fewer than five answers)."""

    survey: Survey
    questions: dict[str, Any]
    takes: bool
    figures: Any
    choices: list[tuple[str, int]]
    needs: list[Need]


def shown_survey(uid: UUID, at: Any) -> Shown | None:
    """The survey as residents may see it; None for a draft or an unknown one."""
    survey = public_survey(uid)
    if survey is None:
        return None
    questions, figures = dict(survey.sheet.questions), public_figures(survey)
    takes = survey.state == Survey.State.OPEN and day_of(at) <= survey.until
    choices = [(label, figures.choices.get(key, 0)) for key, label in questions["choices"].items()] if figures else []
    needs = [need for need in needs_of(survey, figures) if need.wanted][:20] if figures else []
    return Shown(survey, questions, takes, figures, choices, needs)


@dataclass(frozen=True)
class Receipt:
    """One's own answer, found by its receipt: what was said, and whether it is the one that counts."""

    answer: SurveyAnswer
    choice: str
    needs: list[str]
    hazards: list[str]
    counts: bool


def receipt_of(uid: UUID, number: str) -> Receipt | None:
    """The answer of a receipt of this survey; None where there is none."""
    rows = SurveyAnswer.objects.filter(sheet__survey__uid=uid, receipt=read_number(number)).select_related(
        "sheet__survey"
    )
    answer = rows.first()
    if answer is None:
        return None
    asked = answer.sheet.questions
    labels = {item["key"]: item["label"] for item in asked["items"]}
    return Receipt(
        answer, asked["choices"].get(answer.choice, answer.choice), [labels.get(key, key) for key in answer.needs],
        [asked["hazards"].get(kind, kind) for kind in answer.hazards], CountingAnswer.objects.filter(answer=answer).exists(),
    )  # fmt: skip


def survey_of_receipt(number: str) -> UUID | None:
    """The survey of an answer's number; nothing else of it."""
    rows = SurveyAnswer.objects.filter(receipt=read_number(number) or "-")
    return rows.values_list("sheet__survey__uid", flat=True).first()


def public_surveys(community: Community) -> list[Survey]:
    """Surveys of a community for its resident page: open ones and confirmed ones, the newest first."""
    rows = Survey.objects.public().filter(community=community).select_related("body")
    return list(rows.order_by("-pk")[:5])
