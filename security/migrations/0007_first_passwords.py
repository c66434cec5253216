"""A password that somebody else has set lasts until the first login."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("security", "0006_identities")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="must_change_password",
            field=models.BooleanField(
                verbose_name="must change password", default=False, db_default=False
            ),
        ),
    ]
