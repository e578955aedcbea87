from django.conf import settings
from django.db import migrations, models

from offices.concurrently import AddIndex
from offices.models.base import EmptyLast


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("communities", "0002_imports"),
        ("offices", "0016_orders"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AddIndex(
            model_name="agency",
            index=models.Index(fields=["valid_from", "id"], name="agency_by_valid_from"),
        ),
        AddIndex(
            model_name="community",
            index=models.Index(fields=["name", "id"], name="register_by_name"),
        ),
        AddIndex(
            model_name="community",
            index=models.Index(fields=["household_count", "id"], name="register_by_household_count"),
        ),
        AddIndex(
            model_name="community",
            index=models.Index(fields=["floor_area", "id"], name="register_by_floor_area"),
        ),
        AddIndex(
            model_name="community",
            index=EmptyLast(
                models.OrderBy(models.F("household_count"), descending=True, nulls_last=True),
                models.OrderBy(models.F("id"), descending=True),
                name="register_by_household_count_d",
            ),
        ),
        AddIndex(
            model_name="community",
            index=EmptyLast(
                models.OrderBy(models.F("floor_area"), descending=True, nulls_last=True),
                models.OrderBy(models.F("id"), descending=True),
                name="register_by_floor_area_d",
            ),
        ),
        AddIndex(
            model_name="complaint",
            index=models.Index(fields=["deadline", "id"], name="complaint_by_deadline"),
        ),
        AddIndex(
            model_name="complaint",
            index=models.Index(fields=["received_at", "id"], name="complaint_by_received_at"),
        ),
        AddIndex(
            model_name="import",
            index=models.Index(fields=["created_at", "id"], name="import_by_created_at"),
        ),
        AddIndex(
            model_name="organisation",
            index=models.Index(fields=["established_on", "id"], name="organisation_by_established_on"),
        ),
    ]
