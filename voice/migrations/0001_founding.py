import django.utils.timezone
import together.database.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_founding'),
        ('guilds', '0001_founding'),
    ]

    operations = [
        migrations.CreateModel(
            name='VoiceState',
            fields=[
                ('user', together.database.fields.OneToOneField(db_on_delete='CASCADE', primary_key=True, related_name='voice_state', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('self_mute', models.BooleanField(default=False, verbose_name='muted by themselves')),
                ('self_deaf', models.BooleanField(default=False, verbose_name='deafened by themselves')),
                ('server_mute', models.BooleanField(default=False, verbose_name='muted by a moderator')),
                ('server_deaf', models.BooleanField(default=False, verbose_name='deafened by a moderator')),
                ('joined_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('channel', together.database.fields.ForeignKey(db_index=False, db_on_delete='CASCADE', related_name='voice_states', to='guilds.channel')),
            ],
            options={
                'verbose_name': 'voice state',
                'verbose_name_plural': 'voice states',
                'db_table': 'voice_states',
                'indexes': [models.Index(fields=['channel'], name='idx_voice_states_channel')],
            },
        ),
    ]
