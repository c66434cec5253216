"""An Api-Key's own rate limit."""

from django.core.validators import MinValueValidator
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("security", "0004_accounts")]

    operations = [
        migrations.AddField(
            model_name="credential",
            name="rate_limit",
            field=models.PositiveIntegerField(
                verbose_name="calls in a window",
                null=True,
                blank=True,
                validators=[MinValueValidator(1)],
                help_text="Of an Api-Key, in place of RATE_LIMIT_MAX_REQUESTS.",
            ),
        ),
    ]
