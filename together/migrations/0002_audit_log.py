import django.utils.timezone
import together.database.fields
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('guilds', '0002_moderation_and_invites'),
        ('together', '0001_founding'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AuditEntry',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('server_name', models.CharField(blank=True, default='', max_length=100)),
                ('action', models.CharField(max_length=40, verbose_name='action')),
                ('target_type', models.CharField(blank=True, max_length=20, null=True, verbose_name='kind of target')),
                ('target_id', models.UUIDField(blank=True, null=True, verbose_name='target')),
                ('channel_id', models.UUIDField(blank=True, null=True)),
                ('details', models.JSONField(default=dict)),
                ('before', models.JSONField(default=dict)),
                ('after', models.JSONField(default=dict)),
                ('reason', models.CharField(blank=True, max_length=512, null=True, verbose_name='reason')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('actor', together.database.fields.ForeignKey(blank=True, db_index=False, db_on_delete='SET NULL', null=True, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('server', together.database.fields.ForeignKey(blank=True, db_index=False, db_on_delete='SET NULL', null=True, related_name='+', to='guilds.server')),
            ],
            options={
                'verbose_name': 'audit entry',
                'verbose_name_plural': 'audit log',
                'db_table': 'audit_log',
                'indexes': [models.Index(fields=['-created_at', '-id'], name='idx_audit_log_time'), models.Index(condition=models.Q(('actor__isnull', False)), fields=['actor'], name='idx_audit_log_actor'), models.Index(condition=models.Q(('target_id__isnull', False)), fields=['target_id', '-created_at'], name='idx_audit_log_target')],
                'constraints': [models.UniqueConstraint(fields=('server', 'created_at'), name='idx_audit_log_server_time')],
            },
        ),
    ]
