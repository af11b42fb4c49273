import django.db.models.functions.text
import django.utils.timezone
import together.database.fields
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='User',
            fields=[
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('username', models.CharField(max_length=80, verbose_name='username')),
                ('email', models.EmailField(blank=True, max_length=320, null=True, verbose_name='e-mail')),
                ('avatar_url', models.URLField(blank=True, max_length=2000, null=True, verbose_name='avatar')),
                ('status', models.CharField(choices=[('online', 'online'), ('away', 'away'), ('dnd', 'do not disturb'), ('offline', 'invisible')], default='online', max_length=10, verbose_name='status')),
                ('custom_status', models.CharField(blank=True, max_length=128, null=True, verbose_name='status text')),
                ('activity', models.CharField(blank=True, max_length=128, null=True, verbose_name='activity')),
                ('bio', models.CharField(blank=True, max_length=500, null=True, verbose_name='about')),
                ('pronouns', models.CharField(blank=True, max_length=40, null=True, verbose_name='pronouns')),
                ('is_admin', models.BooleanField(default=False, verbose_name='instance administrator')),
                ('is_bot', models.BooleanField(default=False, verbose_name='bot')),
                ('disabled_at', models.DateTimeField(blank=True, null=True, verbose_name='disabled at')),
                ('reset_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='created at')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='updated at')),
            ],
            options={
                'verbose_name': 'user',
                'verbose_name_plural': 'users',
                'db_table': 'users',
                'indexes': [models.Index(condition=models.Q(('status', 'offline'), _negated=True), fields=['status'], name='idx_users_status')],
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('username'), name='idx_users_username'), models.UniqueConstraint(django.db.models.functions.text.Lower('email'), name='idx_users_email'), models.CheckConstraint(condition=models.Q(('status__in', ['online', 'away', 'dnd', 'offline'])), name='users_status_valid')],
            },
        ),
        migrations.CreateModel(
            name='Session',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('refresh_token_hash', models.CharField(blank=True, max_length=64, null=True)),
                ('previous_hash', models.CharField(blank=True, max_length=64, null=True)),
                ('family', models.UUIDField(default=uuid.uuid4)),
                ('generation', models.PositiveIntegerField(default=0)),
                ('rotated_at', models.DateTimeField(blank=True, null=True)),
                ('expires_at', models.DateTimeField()),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
                ('client', models.CharField(blank=True, default='', max_length=200, verbose_name='client')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('last_active', models.DateTimeField(default=django.utils.timezone.now)),
                ('user', together.database.fields.ForeignKey(db_index=False, db_on_delete='CASCADE', related_name='sessions', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'session',
                'verbose_name_plural': 'sessions',
                'db_table': 'sessions',
                'indexes': [models.Index(fields=['user'], name='idx_sessions_user'), models.Index(fields=['expires_at'], name='idx_sessions_expires_at')],
                'constraints': [models.UniqueConstraint(fields=('refresh_token_hash',), name='idx_sessions_refresh_token_hash')],
            },
        ),
    ]
