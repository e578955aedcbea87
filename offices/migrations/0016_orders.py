from django.db import migrations, models

from offices.concurrently import AddIndex
from offices.models.base import EmptyLast


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("offices", "0015_phone_followers"),
    ]

    operations = [
        AddIndex(
            model_name="body",
            index=models.Index(fields=["name", "id"], name="body_by_name"),
        ),
        AddIndex(
            model_name="division",
            index=models.Index(fields=["name", "id"], name="division_by_name"),
        ),
        AddIndex(
            model_name="division",
            index=models.Index(fields=["code", "id"], name="division_by_code"),
        ),
        AddIndex(
            model_name="division",
            index=EmptyLast(
                models.OrderBy(models.F("code"), descending=True, nulls_last=True),
                models.OrderBy(models.F("id"), descending=True),
                name="division_by_code_d",
            ),
        ),
        AddIndex(
            model_name="job",
            index=models.Index(fields=["created_at", "id"], name="job_by_created_at"),
        ),
        AddIndex(
            model_name="duty",
            index=models.Index(fields=["due_on", "id"], name="duty_by_due_on"),
        ),
    ]
