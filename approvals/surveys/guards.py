"""What nobody rewrites of a survey, by the database itself; and that gates ask it."""

from django.db import models

from approvals import standing
from approvals.models import CountingAnswer, GradeScale, Survey, SurveyAnswer, SurveyResult, SurveySheet
from approvals.surveys import gates
from offices.demands import BOTH, On, refuse
from offices.triggers import protect


def register() -> None:
    """Once, at start-up."""
    standing.register("surveys", gates.source, kinds=gates.KINDS)
    protect(SurveySheet)
    protect(SurveyResult)
    protect(GradeScale)
    protect(Survey, frozen=("community", "subject_type", "subject_uid", "kind", "body"), insert_only=False)
    # All of an answer but its free words, which may have to be erased.
    given = [field.name for field in SurveyAnswer._meta.concrete_fields if field.name not in {"id", "words"}]
    protect(SurveyAnswer, frozen=given, insert_only=False)
    sheet, survey = SurveySheet._meta.db_table, Survey._meta.db_table
    both = f'FROM "{sheet}" s JOIN "{survey}" v ON v.id = s.survey_id WHERE s.id = NEW.sheet_id'
    _while(SurveyAnswer, both, "open", "调查不在答卷时间内", ("insert",))
    _while(CountingAnswer, both, "open", "调查不在答卷时间内", BOTH)
    _while(SurveyResult, f'FROM "{survey}" v WHERE v.id = NEW.survey_id', "closed", "调查还没有截止", ("insert",))


def _while(model: type[models.Model], rows: str, state: str, words: str, events: tuple[On, ...]) -> None:
    """Rows are written only while their survey ``v`` is in ``state``; a close waits for those under way, and those behind it see it."""
    found = f"SELECT 1 {rows} AND v.state = '{state}'"
    refuse(model, state, on=events, words=words, when=f"NOT EXISTS ({found})", lock=f"SELECT 1 {rows} FOR SHARE OF v")
