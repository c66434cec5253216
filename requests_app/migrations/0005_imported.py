"""Where a request that was brought over came from."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('requests_app', '0004_privacy'),
    ]

    operations = [
        migrations.CreateModel(
            name='ImportedRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('origin', models.CharField(max_length=40)),
                ('old_id', models.BigIntegerField()),
                ('changed_at', models.DateTimeField()),
                ('request', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='imported_from', to='requests_app.guestrequest')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('origin', 'old_id'), name='importedrequest_once')],
            },
        ),
    ]
