import django.db.models.functions.datetime
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="IdempotencyKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("actor", models.CharField(max_length=100)),
                ("key", models.CharField(max_length=128)),
                ("token", models.UUIDField(default=uuid.uuid4, help_text="which attempt wrote the row")),
                ("target", models.CharField(help_text="method and path", max_length=300)),
                ("request_hash", models.CharField(max_length=64)),
                ("status", models.PositiveSmallIntegerField(null=True)),
                ("body", models.TextField(blank=True)),
                ("headers", models.JSONField(default=dict)),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), db_index=True),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("actor", "key"), name="idempotency_key_once_per_actor")
                ],
                "indexes": [],
            },
        ),
    ]
