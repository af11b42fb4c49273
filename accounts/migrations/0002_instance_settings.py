import together.database.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_founding'),
    ]

    operations = [
        migrations.CreateModel(
            name='InstanceSettings',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, editable=False, primary_key=True, serialize=False)),
                ('registration_mode', models.CharField(choices=[('open', 'open to everyone'), ('invite_only', 'with an invite to a server'), ('closed', 'closed')], default='open', max_length=12, verbose_name='registration')),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('updated_by', together.database.fields.ForeignKey(blank=True, db_index=False, db_on_delete='SET NULL', null=True, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'settings of the instance',
                'verbose_name_plural': 'settings of the instance',
                'db_table': 'instance_settings',
                'indexes': [models.Index(fields=['updated_by'], name='idx_settings_updated_by')],
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='instance_settings_is_one_row'), models.CheckConstraint(condition=models.Q(('registration_mode__in', ['open', 'invite_only', 'closed'])), name='instance_settings_registration_mode_valid')],
            },
        ),
    ]
