"""Forgetting guests: who was forgotten, what retention has still to look at, and for how long it waits."""

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('requests_app', '0003_climbing'),
        ('security', '0002_blocks'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Erasure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('selector', models.CharField(max_length=20, verbose_name='selected by')),
                ('term_digest', models.CharField(blank=True, max_length=64)),
                ('made_by', models.CharField(max_length=150, verbose_name='by')),
                ('started_at', models.DateTimeField(verbose_name='started')),
                ('finished_at', models.DateTimeField(blank=True, null=True, verbose_name='finished')),
                ('counts', models.JSONField(default=dict, verbose_name='erased')),
            ],
            options={
                'verbose_name': 'erasure',
                'verbose_name_plural': 'erasures',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='ErasureTarget',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('request', 'Request'), ('stay', 'Stay')], max_length=8)),
                ('subject', models.BigIntegerField()),
                ('reference', models.CharField(max_length=80)),
                ('done', models.BooleanField(default=False)),
            ],
        ),
        migrations.AddField(
            model_name='guestrequest',
            name='erased_at',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='houserules',
            name='guest_data_days',
            field=models.PositiveIntegerField(blank=True, help_text='After check-out, and after a request is closed. Empty: until somebody erases it.', null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(3650)], verbose_name="days guests' data is kept"),
        ),
        migrations.AddField(
            model_name='stay',
            name='erased_at',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddIndex(
            model_name='guestrequest',
            index=models.Index(condition=models.Q(('erased_at__isnull', True), models.Q(('completed_at__isnull', False), ('cancelled_at__isnull', False), ('deleted_at__isnull', False), _connector='OR')), fields=['property', 'created_at'], name='request_unerased'),
        ),
        migrations.AddIndex(
            model_name='stay',
            index=models.Index(condition=models.Q(('erased_at__isnull', True)), fields=['property', 'check_out'], name='stay_unerased'),
        ),
        migrations.AddIndex(
            model_name='erasure',
            index=models.Index(condition=models.Q(('finished_at__isnull', True)), fields=['id'], name='erasure_unfinished'),
        ),
        migrations.AddField(
            model_name='erasuretarget',
            name='erasure',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='targets', to='requests_app.erasure'),
        ),
        migrations.AddIndex(
            model_name='erasuretarget',
            index=models.Index(condition=models.Q(('done', False)), fields=['erasure', 'kind', 'subject'], name='erasuretarget_to_do'),
        ),
        migrations.AddConstraint(
            model_name='erasuretarget',
            constraint=models.UniqueConstraint(fields=('erasure', 'kind', 'subject'), name='erasuretarget_once'),
        ),
    ]
