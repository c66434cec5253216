"""The search for late requests: see ``requests_app.actions.escalate``. Only an index: any release works with it."""

from typing import ClassVar

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies: ClassVar = [("requests_app", "0002_trigrams")]
    operations: ClassVar = [
        migrations.AddIndex(
            model_name="guestrequest",
            index=models.Index(
                fields=["due_at", "id"],
                condition=Q(
                    deleted_at__isnull=True,
                    completed_at__isnull=True,
                    cancelled_at__isnull=True,
                    held_at__isnull=True,
                    escalation_level__lt=10,
                ),
                name="request_climbing",
            ),
        ),
    ]
