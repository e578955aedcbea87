from django.conf import settings
from django.db import migrations, models

from offices.concurrently import AddIndex
from offices.models.base import EmptyLast


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("approvals", "0005_objection_entered"),
        ("communities", "0003_orders"),
        ("offices", "0016_orders"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AddIndex(
            model_name="case",
            index=models.Index(fields=["submitted_at", "id"], name="case_by_submitted_at"),
        ),
        AddIndex(
            model_name="delegation",
            index=models.Index(fields=["since", "id"], name="delegation_by_since"),
        ),
        AddIndex(
            model_name="notice",
            index=models.Index(fields=["posted_on", "id"], name="notice_by_posted_on"),
        ),
        AddIndex(
            model_name="notice",
            index=models.Index(fields=["last_day", "id"], name="notice_by_last_day"),
        ),
        AddIndex(
            model_name="notice",
            index=EmptyLast(
                models.OrderBy(models.F("posted_on"), descending=True, nulls_last=True),
                models.OrderBy(models.F("id"), descending=True),
                name="notice_by_posted_on_d",
            ),
        ),
        AddIndex(
            model_name="notice",
            index=EmptyLast(
                models.OrderBy(models.F("last_day"), descending=True, nulls_last=True),
                models.OrderBy(models.F("id"), descending=True),
                name="notice_by_last_day_d",
            ),
        ),
        AddIndex(
            model_name="survey",
            index=models.Index(fields=["until", "id"], name="survey_by_until"),
        ),
        AddIndex(
            model_name="survey",
            index=models.Index(fields=["opened_on", "id"], name="survey_by_opened_on"),
        ),
        AddIndex(
            model_name="survey",
            index=EmptyLast(
                models.OrderBy(models.F("opened_on"), descending=True, nulls_last=True),
                models.OrderBy(models.F("id"), descending=True),
                name="survey_by_opened_on_d",
            ),
        ),
        AddIndex(
            model_name="vote",
            index=models.Index(fields=["opens_at", "id"], name="vote_by_opens_at"),
        ),
        AddIndex(
            model_name="vote",
            index=models.Index(fields=["closes_at", "id"], name="vote_by_closes_at"),
        ),
    ]
