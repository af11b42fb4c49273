import django.contrib.postgres.fields
import django.utils.timezone
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='EventClock',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('generation', models.UUIDField(default=uuid.uuid4)),
                ('number', models.BigIntegerField(default=0)),
            ],
            options={
                'db_table': 'event_clock',
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='event_clock_is_one_row')],
            },
        ),
        migrations.CreateModel(
            name='EventRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.BigIntegerField(null=True, unique=True)),
                ('name', models.CharField(max_length=40)),
                ('audiences', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=80), size=None)),
                ('refs', models.JSONField(default=dict)),
                ('announced', models.BooleanField(default=False)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'db_table': 'event_log',
                'indexes': [models.Index(models.F('id'), condition=models.Q(('announced', False)), name='idx_event_log_pending'), models.Index(models.F('created_at'), name='idx_event_log_created_at')],
            },
        ),
    ]
