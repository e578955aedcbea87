"""What surveys say to the gates: confirmed ones their figures, others that they are not settled and how far they are."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from approvals.models import Survey
from approvals.rules.surveys import Figures, evidence_of, judged
from approvals.standing import Standing
from approvals.surveys.queries import surveys_about, tallies
from offices.clock import day_of
from offices.rulebooks import layers_of
from policies.words import date_words

KINDS = frozenset({"plan_consent", "survey_coverage", "willingness_survey", "satisfaction"})


def source(subjects: Sequence[UUID]) -> Mapping[UUID, Iterable[Standing]]:
    """Results of surveys by subject: of each community and kind the newest confirmed one, else the one under way (three queries)."""
    chosen: dict[tuple[UUID, int, str], Survey] = {}
    for survey in surveys_about(subjects):
        key = (survey.subject_uid, survey.community_id, survey.kind)
        before = chosen.get(key)
        if before is None or survey.state == Survey.State.CONFIRMED or before.state != Survey.State.CONFIRMED:
            chosen[key] = survey
    under_way = [survey for survey in chosen.values() if survey.state != Survey.State.CONFIRMED]
    counts = tallies(under_way) if under_way else {}
    found: dict[UUID, list[Standing]] = defaultdict(list)
    for survey in chosen.values():
        found[survey.subject_uid] += _standing(survey, counts.get(survey.sheet.pk, {}))
    return found


def _standing(survey: Survey, counts: Mapping[str, int]) -> list[Standing]:
    settled = survey.state == Survey.State.CONFIRMED
    figures = _figures(survey, counts)
    day = day_of(survey.closed_at) if survey.closed_at else survey.opened_on
    assert day is not None
    if settled:
        words = f"{survey.get_kind_display()}，{date_words(day_of(survey.result.at))}确认"
    else:
        words = _under_way(survey, figures)
    url = f"/staff/surveys/{survey.uid}/"
    return [
        Standing(evidence, numbers, day, words, url, survey.community.uid, settled)
        for evidence, numbers in evidence_of(survey.kind, figures).items()  # type: ignore[arg-type]
    ]


def _figures(survey: Survey, counts: Mapping[str, int]) -> Figures:
    if survey.state == Survey.State.CONFIRMED:
        result = survey.result
        return Figures(result.households, result.answered, result.choices, (), ())
    answered = sum(counts.values())
    return Figures(max(survey.community.household_count or 0, answered), answered, dict(counts), (), ())


def _under_way(survey: Survey, figures: Figures) -> str:
    """进行中（已答 20 户，还差 12 户）: how far it is, and what it still wants."""
    assert survey.opened_on is not None
    layers = layers_of(survey.division)
    missing = "".join(
        f"，{reason.missing}"
        for reason in judged(layers, day=survey.opened_on, kind=survey.kind, found=figures).reasons  # type: ignore[arg-type]
        if reason.missing
    )
    return (
        f"{survey.get_kind_display()}{survey.get_state_display()}（已答 {figures.answered} 户{missing}），确认后才作数"
    )
