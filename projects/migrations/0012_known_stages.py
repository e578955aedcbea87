from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("communities", "0002_imports"),
        ("offices", "0014_open_duties"),
        ("projects", "0011_span_items"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="project",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "stage__in",
                        (
                            "reserve",
                            "planned",
                            "approved",
                            "designed",
                            "reviewed",
                            "works",
                            "accepted",
                            "closed",
                            "aftercare",
                        ),
                    )
                ),
                name="project_stage_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="stageday",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "stage__in",
                        (
                            "reserve",
                            "planned",
                            "approved",
                            "designed",
                            "reviewed",
                            "works",
                            "accepted",
                            "closed",
                            "aftercare",
                        ),
                    )
                ),
                name="stage_day_stage_is_known",
            ),
        ),
    ]
