"""A password that somebody else has set lasts three days."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("security", "0006_identities")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="first_password_until",
            field=models.DateTimeField(
                verbose_name="first password until",
                null=True,
                blank=True,
                help_text="Somebody else has set the password.",
            ),
        ),
    ]
