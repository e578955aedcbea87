from django.conf import settings
from django.db import migrations, models

from offices.concurrently import AddIndex
from offices.models.base import EmptyLast


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("funding", "0003_withdrawn_sources"),
        ("offices", "0016_orders"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AddIndex(
            model_name="apportionment",
            index=models.Index(fields=["amount", "id"], name="apportionment_by_amount"),
        ),
        AddIndex(
            model_name="apportionment",
            index=models.Index(fields=["pay_by", "id"], name="apportionment_by_pay_by"),
        ),
        AddIndex(
            model_name="apportionment",
            index=EmptyLast(
                models.OrderBy(models.F("pay_by"), descending=True, nulls_last=True),
                models.OrderBy(models.F("id"), descending=True),
                name="apportionment_by_pay_by_d",
            ),
        ),
        AddIndex(
            model_name="auditflag",
            index=models.Index(fields=["raised_on", "id"], name="auditflag_by_raised_on"),
        ),
        AddIndex(
            model_name="contract",
            index=models.Index(fields=["signed_on", "id"], name="contract_by_signed_on"),
        ),
        AddIndex(
            model_name="fundingplan",
            index=models.Index(fields=["number", "id"], name="fundingplan_by_number"),
        ),
        AddIndex(
            model_name="fundingsource",
            index=models.Index(fields=["year", "id"], name="fundingsource_by_year"),
        ),
        AddIndex(
            model_name="fundingsource",
            index=models.Index(fields=["amount", "id"], name="fundingsource_by_amount"),
        ),
        AddIndex(
            model_name="journalentry",
            index=models.Index(fields=["day", "id"], name="journalentry_by_day"),
        ),
        AddIndex(
            model_name="journalentry",
            index=models.Index(fields=["amount", "id"], name="journalentry_by_amount"),
        ),
    ]
