from django.db import migrations, models

_INTO_THE_CLOCK = """
UPDATE event_clock
SET announced = least(coalesce((SELECT min(number) - 1 FROM event_log WHERE NOT announced), number), number)
"""
_INTO_THE_LOG = """
UPDATE event_log SET announced = true FROM event_clock WHERE event_log.number <= event_clock.announced
"""


class Migration(migrations.Migration):

    dependencies = [
        ('together', '0002_audit_log'),
    ]

    operations = [
        migrations.AddField(
            model_name='eventclock',
            name='announced',
            field=models.BigIntegerField(default=0),
        ),
        migrations.RunSQL(_INTO_THE_CLOCK, _INTO_THE_LOG),
        migrations.AddConstraint(
            model_name='eventclock',
            constraint=models.CheckConstraint(condition=models.Q(('announced__lte', models.F('number'))), name='event_clock_announces_what_has_a_number'),
        ),
        migrations.RemoveIndex(
            model_name='eventrecord',
            name='idx_event_log_pending',
        ),
        migrations.RemoveField(
            model_name='eventrecord',
            name='announced',
        ),
    ]
