from django.conf import settings
from django.db import migrations, models

from offices.concurrently import AddIndex
from offices.models.base import EmptyLast


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("communities", "0003_orders"),
        ("offices", "0016_orders"),
        ("projects", "0012_known_stages"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AddIndex(
            model_name="acceptance",
            index=models.Index(fields=["held_on", "id"], name="acceptance_by_held_on"),
        ),
        AddIndex(
            model_name="acceptance",
            index=models.Index(fields=["passed_on", "id"], name="acceptance_by_passed_on"),
        ),
        AddIndex(
            model_name="acceptance",
            index=EmptyLast(
                models.OrderBy(models.F("passed_on"), descending=True, nulls_last=True),
                models.OrderBy(models.F("id"), descending=True),
                name="acceptance_by_passed_on_d",
            ),
        ),
        AddIndex(
            model_name="annualplan",
            index=models.Index(fields=["year", "id"], name="annualplan_by_year"),
        ),
        AddIndex(
            model_name="annualplan",
            index=models.Index(fields=["issued_on", "id"], name="annualplan_by_issued_on"),
        ),
        AddIndex(
            model_name="annualplan",
            index=EmptyLast(
                models.OrderBy(models.F("issued_on"), descending=True, nulls_last=True),
                models.OrderBy(models.F("id"), descending=True),
                name="annualplan_by_issued_on_d",
            ),
        ),
        AddIndex(
            model_name="permit",
            index=models.Index(fields=["day", "id"], name="permit_by_day"),
        ),
        AddIndex(
            model_name="project",
            index=models.Index(fields=["name", "id"], name="project_by_name"),
        ),
        AddIndex(
            model_name="project",
            index=models.Index(fields=["plan_year", "id"], name="project_by_plan_year"),
        ),
        AddIndex(
            model_name="project",
            index=EmptyLast(
                models.OrderBy(models.F("plan_year"), descending=True, nulls_last=True),
                models.OrderBy(models.F("id"), descending=True),
                name="project_by_plan_year_d",
            ),
        ),
        AddIndex(
            model_name="specialplan",
            index=models.Index(fields=["first_year", "id"], name="specialplan_by_first_year"),
        ),
        AddIndex(
            model_name="upwardfiling",
            index=models.Index(fields=["filed_on", "id"], name="upwardfiling_by_filed_on"),
        ),
    ]
