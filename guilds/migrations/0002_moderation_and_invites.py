import django.utils.timezone
import together.database.fields
import uuid
from django.conf import settings
from django.db import migrations, models


def mend_channels(apps, schema_editor):
    """What could not inherit anything did not: it keeps its own permissions, and categories are in no category."""
    channels = apps.get_model("guilds", "Channel").objects.using(schema_editor.connection.alias)
    channels.filter(type="category").update(parent=None)
    channels.filter(parent=None, inherits=True).update(inherits=False)


class Migration(migrations.Migration):

    dependencies = [
        ('guilds', '0001_founding'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(mend_channels, migrations.RunPython.noop),
        migrations.CreateModel(
            name='Ban',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('reason', models.CharField(blank=True, max_length=512, null=True, verbose_name='reason')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('expires_at', models.DateTimeField(blank=True, null=True, verbose_name='expires at')),
            ],
            options={
                'verbose_name': 'ban',
                'verbose_name_plural': 'bans',
                'db_table': 'bans',
            },
        ),
        migrations.CreateModel(
            name='Invite',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('code', models.CharField(max_length=32, unique=True, verbose_name='code')),
                ('max_uses', models.PositiveIntegerField(blank=True, null=True, verbose_name='uses at most')),
                ('uses', models.PositiveIntegerField(default=0, verbose_name='uses')),
                ('expires_at', models.DateTimeField(blank=True, null=True, verbose_name='expires at')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'verbose_name': 'invite',
                'verbose_name_plural': 'invites',
                'db_table': 'invites',
            },
        ),
        migrations.CreateModel(
            name='Timeout',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('reason', models.CharField(blank=True, max_length=512, null=True, verbose_name='reason')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('expires_at', models.DateTimeField(verbose_name='expires at')),
            ],
            options={
                'verbose_name': 'timeout',
                'verbose_name_plural': 'timeouts',
                'db_table': 'timeouts',
            },
        ),
        migrations.AddField(
            model_name='server',
            name='joins_locked',
            field=models.BooleanField(db_default=False, default=False, verbose_name='closed to newcomers'),
        ),
        migrations.AddConstraint(
            model_name='channel',
            constraint=models.CheckConstraint(condition=models.Q(('inherits', False), ('parent__isnull', False), _connector='OR'), name='channels_inherit_from_a_category'),
        ),
        migrations.AddConstraint(
            model_name='channel',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('type', 'category'), _negated=True), ('parent', None), _connector='OR'), name='channels_category_is_in_no_category'),
        ),
        migrations.AddField(
            model_name='ban',
            name='banned_by',
            field=together.database.fields.ForeignKey(blank=True, db_index=False, db_on_delete='SET NULL', null=True, related_name='bans_made', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='ban',
            name='server',
            field=together.database.fields.ForeignKey(db_index=False, db_on_delete='CASCADE', related_name='%(class)ss', to='guilds.server'),
        ),
        migrations.AddField(
            model_name='ban',
            name='user',
            field=together.database.fields.ForeignKey(db_index=False, db_on_delete='CASCADE', related_name='%(class)ss', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='invite',
            name='created_by',
            field=together.database.fields.ForeignKey(blank=True, db_index=False, db_on_delete='SET NULL', null=True, related_name='invites', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='invite',
            name='server',
            field=together.database.fields.ForeignKey(db_index=False, db_on_delete='CASCADE', related_name='invites', to='guilds.server'),
        ),
        migrations.AddField(
            model_name='timeout',
            name='created_by',
            field=together.database.fields.ForeignKey(blank=True, db_index=False, db_on_delete='SET NULL', null=True, related_name='timeouts_made', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='timeout',
            name='server',
            field=together.database.fields.ForeignKey(db_index=False, db_on_delete='CASCADE', related_name='%(class)ss', to='guilds.server'),
        ),
        migrations.AddField(
            model_name='timeout',
            name='user',
            field=together.database.fields.ForeignKey(db_index=False, db_on_delete='CASCADE', related_name='%(class)ss', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='ban',
            index=models.Index(fields=['user'], name='idx_bans_user'),
        ),
        migrations.AddIndex(
            model_name='ban',
            index=models.Index(condition=models.Q(('banned_by__isnull', False)), fields=['banned_by'], name='idx_bans_banned_by'),
        ),
        migrations.AddIndex(
            model_name='ban',
            index=models.Index(condition=models.Q(('expires_at__isnull', False)), fields=['expires_at'], name='idx_bans_expires_at'),
        ),
        migrations.AddConstraint(
            model_name='ban',
            constraint=models.UniqueConstraint(fields=('server', 'user'), name='idx_bans_server_user'),
        ),
        migrations.AddIndex(
            model_name='invite',
            index=models.Index(fields=['server', '-created_at'], name='idx_invites_server'),
        ),
        migrations.AddIndex(
            model_name='invite',
            index=models.Index(condition=models.Q(('created_by__isnull', False)), fields=['created_by'], name='idx_invites_created_by'),
        ),
        migrations.AddConstraint(
            model_name='invite',
            constraint=models.CheckConstraint(condition=models.Q(('max_uses', None), models.Q(('max_uses__gt', 0), ('uses__lte', models.F('max_uses'))), _connector='OR'), name='invites_uses_valid'),
        ),
        migrations.AddIndex(
            model_name='timeout',
            index=models.Index(fields=['user'], name='idx_timeouts_user'),
        ),
        migrations.AddIndex(
            model_name='timeout',
            index=models.Index(condition=models.Q(('created_by__isnull', False)), fields=['created_by'], name='idx_timeouts_created_by'),
        ),
        migrations.AddIndex(
            model_name='timeout',
            index=models.Index(fields=['expires_at'], name='idx_timeouts_expires_at'),
        ),
        migrations.AddConstraint(
            model_name='timeout',
            constraint=models.UniqueConstraint(fields=('server', 'user'), name='idx_timeouts_server_user'),
        ),
    ]
