import together.database.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('chat', '0002_slow_mode'),
        ('guilds', '0002_moderation_and_invites'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ReadState',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('read_at', models.DateTimeField()),
                ('message_id', models.UUIDField()),
                ('channel', together.database.fields.ForeignKey(db_index=False, db_on_delete='CASCADE', related_name='read_states', to='guilds.channel')),
                ('user', together.database.fields.ForeignKey(db_index=False, db_on_delete='CASCADE', related_name='read_states', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'read_states',
                'indexes': [models.Index(fields=['channel'], name='idx_read_states_channel')],
                'constraints': [models.UniqueConstraint(fields=('user', 'channel'), name='idx_read_states_user_channel')],
            },
        ),
    ]
