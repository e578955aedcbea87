"""Addresses of followers stand encrypted."""

from django.db import migrations

import offices.ciphers


def close(apps, schema_editor):
    Follower = apps.get_model("offices", "Follower")
    for row in Follower.objects.only("address").iterator():
        if not isinstance(row.address, offices.ciphers.Kept):
            Follower.objects.filter(pk=row.pk).update(address=row.address)


class Migration(migrations.Migration):
    dependencies = [("offices", "0012_pulse")]

    operations = [
        migrations.AlterField(
            model_name="follower",
            name="address",
            field=offices.ciphers.ClosedTextField(
                help_text="personal: encrypted, it must be sendable", purpose="follower"
            ),
        ),
        migrations.RunPython(close, migrations.RunPython.noop),
    ]
