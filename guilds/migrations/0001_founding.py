import django.core.validators
import django.utils.timezone
import guilds.models.flags
import together.database.fields
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Server',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=100, verbose_name='name')),
                ('icon_url', models.URLField(blank=True, max_length=2000, null=True, verbose_name='icon')),
                ('is_public', models.BooleanField(default=False, verbose_name='public')),
                ('require_invite', models.BooleanField(default=False, verbose_name='joined by invite only')),
                ('default_permissions', guilds.models.flags.FlagsField(default=123)),
                ('deleted_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('owner', together.database.fields.ForeignKey(db_index=False, db_on_delete='RESTRICT', related_name='owned_servers', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'server',
                'verbose_name_plural': 'servers',
                'db_table': 'servers',
            },
        ),
        migrations.CreateModel(
            name='Role',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=100, verbose_name='name')),
                ('permissions', guilds.models.flags.FlagsField(default=0)),
                ('color', models.CharField(blank=True, max_length=7, null=True, validators=[django.core.validators.RegexValidator('\\A#[0-9A-Fa-f]{6}\\Z')], verbose_name='colour')),
                ('position', models.IntegerField(default=0, verbose_name='position')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('server', together.database.fields.ForeignKey(db_index=False, db_on_delete='CASCADE', related_name='roles', to='guilds.server')),
            ],
            options={
                'verbose_name': 'role',
                'verbose_name_plural': 'roles',
                'db_table': 'roles',
            },
        ),
        migrations.CreateModel(
            name='Member',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('nickname', models.CharField(blank=True, max_length=80, null=True, verbose_name='nickname')),
                ('joined_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('user', together.database.fields.ForeignKey(db_index=False, db_on_delete='CASCADE', related_name='memberships', to=settings.AUTH_USER_MODEL)),
                ('server', together.database.fields.ForeignKey(db_index=False, db_on_delete='CASCADE', related_name='members', to='guilds.server')),
            ],
            options={
                'verbose_name': 'member',
                'verbose_name_plural': 'members',
                'db_table': 'server_members',
            },
        ),
        migrations.CreateModel(
            name='Channel',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(blank=True, max_length=100, verbose_name='name')),
                ('type', models.CharField(choices=[('text', 'text'), ('voice', 'voice'), ('category', 'category'), ('dm', 'conversation of two'), ('group', 'conversation of a few')], default='text', max_length=10, verbose_name='type')),
                ('position', models.IntegerField(default=0, verbose_name='position')),
                ('topic', models.CharField(blank=True, max_length=1024, null=True, verbose_name='topic')),
                ('inherits', models.BooleanField(default=False, verbose_name='permissions of its category')),
                ('default_allow', guilds.models.flags.FlagsField(default=0)),
                ('default_deny', guilds.models.flags.FlagsField(default=0)),
                ('slow_mode', models.PositiveIntegerField(default=0, verbose_name='seconds between messages')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('parent', together.database.fields.ForeignKey(blank=True, db_index=False, db_on_delete='SET NULL', null=True, related_name='children', to='guilds.channel', verbose_name='category')),
                ('server', together.database.fields.ForeignKey(blank=True, db_index=False, db_on_delete='CASCADE', null=True, related_name='channels', to='guilds.server')),
            ],
            options={
                'verbose_name': 'channel',
                'verbose_name_plural': 'channels',
                'db_table': 'channels',
            },
        ),
        migrations.CreateModel(
            name='Override',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('allow', guilds.models.flags.FlagsField(default=0)),
                ('deny', guilds.models.flags.FlagsField(default=0)),
                ('channel', together.database.fields.ForeignKey(db_index=False, db_on_delete='CASCADE', related_name='overrides', to='guilds.channel')),
                ('user', together.database.fields.ForeignKey(blank=True, db_index=False, db_on_delete='CASCADE', null=True, related_name='overrides', to=settings.AUTH_USER_MODEL)),
                ('role', together.database.fields.ForeignKey(blank=True, db_index=False, db_on_delete='CASCADE', null=True, related_name='overrides', to='guilds.role')),
            ],
            options={
                'verbose_name': 'override',
                'verbose_name_plural': 'overrides',
                'db_table': 'channel_permission_overrides',
                'indexes': [models.Index(condition=models.Q(('role__isnull', False)), fields=['role'], name='idx_overrides_role'), models.Index(condition=models.Q(('user__isnull', False)), fields=['user'], name='idx_overrides_user')],
                'constraints': [models.UniqueConstraint(fields=('channel', 'role', 'user'), name='idx_overrides_channel_role_user', nulls_distinct=False), models.CheckConstraint(condition=models.Q(models.Q(('role', None), ('user__isnull', False)), models.Q(('role__isnull', False), ('user', None)), _connector='OR'), name='overrides_role_or_user'), models.CheckConstraint(condition=models.Q(('allow__gte', 0), ('deny__gte', 0)), name='overrides_flags_valid')],
            },
        ),
        migrations.CreateModel(
            name='MemberRole',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('member', together.database.fields.ForeignKey(db_index=False, db_on_delete='CASCADE', related_name='member_roles', to='guilds.member')),
                ('role', together.database.fields.ForeignKey(db_index=False, db_on_delete='CASCADE', related_name='member_roles', to='guilds.role')),
            ],
            options={
                'verbose_name': 'role of a member',
                'verbose_name_plural': 'roles of members',
                'db_table': 'member_roles',
                'indexes': [models.Index(fields=['role'], name='idx_member_roles_role')],
                'constraints': [models.UniqueConstraint(fields=('member', 'role'), name='idx_member_roles_member_role')],
            },
        ),
        migrations.AddIndex(
            model_name='server',
            index=models.Index(fields=['owner'], name='idx_servers_owner'),
        ),
        migrations.AddIndex(
            model_name='server',
            index=models.Index(condition=models.Q(('deleted_at__isnull', False)), fields=['deleted_at'], name='idx_servers_deleted_at'),
        ),
        migrations.AddIndex(
            model_name='server',
            index=models.Index(condition=models.Q(('deleted_at', None), ('is_public', True)), fields=['created_at'], name='idx_servers_public'),
        ),
        migrations.AddConstraint(
            model_name='server',
            constraint=models.CheckConstraint(condition=models.Q(('default_permissions__gte', 0)), name='servers_default_permissions_valid'),
        ),
        migrations.AddIndex(
            model_name='role',
            index=models.Index(fields=['server', '-position'], name='idx_roles_server_position'),
        ),
        migrations.AddConstraint(
            model_name='role',
            constraint=models.CheckConstraint(condition=models.Q(('permissions__gte', 0)), name='roles_permissions_valid'),
        ),
        migrations.AddConstraint(
            model_name='role',
            constraint=models.CheckConstraint(condition=models.Q(('color__regex', '^#[0-9A-Fa-f]{6}$')), name='roles_color_valid'),
        ),
        migrations.AddIndex(
            model_name='member',
            index=models.Index(fields=['server', 'joined_at', 'id'], name='idx_server_members_server'),
        ),
        migrations.AddConstraint(
            model_name='member',
            constraint=models.UniqueConstraint(fields=('user', 'server'), name='idx_server_members_user_server'),
        ),
        migrations.AddIndex(
            model_name='channel',
            index=models.Index(fields=['server', 'position', 'created_at'], name='idx_channels_server_position'),
        ),
        migrations.AddIndex(
            model_name='channel',
            index=models.Index(fields=['server', 'type'], name='idx_channels_server_type'),
        ),
        migrations.AddIndex(
            model_name='channel',
            index=models.Index(condition=models.Q(('parent__isnull', False)), fields=['parent'], name='idx_channels_parent'),
        ),
        migrations.AddConstraint(
            model_name='channel',
            constraint=models.CheckConstraint(condition=models.Q(('type__in', ['text', 'voice', 'category', 'dm', 'group'])), name='channels_type_valid'),
        ),
        migrations.AddConstraint(
            model_name='channel',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('server', None), ('type__in', ['dm', 'group'])), models.Q(models.Q(('type__in', ['dm', 'group']), _negated=True), models.Q(('server', None), _negated=True)), _connector='OR'), name='channels_conversation_has_no_server'),
        ),
        migrations.AddConstraint(
            model_name='channel',
            constraint=models.CheckConstraint(condition=models.Q(('default_allow__gte', 0), ('default_deny__gte', 0)), name='channels_defaults_valid'),
        ),
    ]
