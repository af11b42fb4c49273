import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.core.validators
import django.utils.timezone
import together.database.fields
import uuid
import uuid_utils.compat
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('guilds', '0001_founding'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False)),
                ('content', models.TextField(max_length=4000, verbose_name='content')),
                ('nonce', models.CharField(blank=True, max_length=64, null=True)),
                ('mention_user_ids', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), blank=True, default=list, size=None)),
                ('mention_everyone', models.BooleanField(default=False)),
                ('edited_at', models.DateTimeField(blank=True, null=True, verbose_name='edited at')),
                ('deleted', models.BooleanField(default=False, verbose_name='deleted')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='sent at')),
                ('search_vector', models.GeneratedField(db_persist=True, expression=django.contrib.postgres.search.SearchVector('content', config='english'), output_field=django.contrib.postgres.search.SearchVectorField())),
                ('author', together.database.fields.ForeignKey(db_index=False, db_on_delete='SET NULL', null=True, related_name='messages', to=settings.AUTH_USER_MODEL)),
                ('channel', together.database.fields.ForeignKey(db_index=False, db_on_delete='CASCADE', related_name='messages', to='guilds.channel')),
                ('reply_to', together.database.fields.ForeignKey(blank=True, db_index=False, db_on_delete='SET NULL', null=True, related_name='replies', to='chat.message')),
                ('thread', together.database.fields.ForeignKey(blank=True, db_index=False, db_on_delete='CASCADE', null=True, related_name='thread_messages', to='chat.message')),
            ],
            options={
                'verbose_name': 'message',
                'verbose_name_plural': 'messages',
                'db_table': 'messages',
            },
        ),
        migrations.CreateModel(
            name='Attachment',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('filename', models.CharField(max_length=255, verbose_name='file name')),
                ('file_size', models.BigIntegerField(validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(52428800)], verbose_name='size in bytes')),
                ('mime_type', models.CharField(max_length=100, verbose_name='type')),
                ('url', models.CharField(max_length=500)),
                ('width', models.PositiveIntegerField(blank=True, null=True)),
                ('height', models.PositiveIntegerField(blank=True, null=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('uploader', together.database.fields.ForeignKey(blank=True, db_index=False, db_on_delete='SET NULL', null=True, related_name='attachments', to=settings.AUTH_USER_MODEL)),
                ('message', together.database.fields.ForeignKey(blank=True, db_index=False, db_on_delete='CASCADE', null=True, related_name='attachments', to='chat.message')),
            ],
            options={
                'verbose_name': 'attachment',
                'verbose_name_plural': 'attachments',
                'db_table': 'attachments',
            },
        ),
        migrations.CreateModel(
            name='Reaction',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('emoji', models.CharField(max_length=64, verbose_name='emoji')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('message', together.database.fields.ForeignKey(db_index=False, db_on_delete='CASCADE', related_name='reactions', to='chat.message')),
                ('user', together.database.fields.ForeignKey(db_index=False, db_on_delete='CASCADE', related_name='reactions', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'reaction',
                'verbose_name_plural': 'reactions',
                'db_table': 'reactions',
            },
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(condition=models.Q(('deleted', False), ('thread', None)), fields=['channel', '-created_at', '-id'], name='idx_messages_channel_time'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(fields=['channel'], name='idx_messages_channel'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(condition=models.Q(('deleted', False)), fields=['author', '-created_at'], name='idx_messages_author_time'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(condition=models.Q(('reply_to__isnull', False)), fields=['reply_to'], name='idx_messages_reply_to'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(condition=models.Q(('thread__isnull', False)), fields=['thread', 'created_at', 'id'], name='idx_messages_thread'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=django.contrib.postgres.indexes.GinIndex(condition=models.Q(('deleted', False)), fields=['search_vector'], name='idx_messages_search'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.UniqueConstraint(fields=('author', 'nonce'), name='idx_messages_author_nonce'),
        ),
        migrations.AddIndex(
            model_name='attachment',
            index=models.Index(fields=['message', 'created_at'], name='idx_attachments_message'),
        ),
        migrations.AddIndex(
            model_name='attachment',
            index=models.Index(condition=models.Q(('mime_type__startswith', 'image/')), fields=['message', 'created_at'], name='idx_attachments_images'),
        ),
        migrations.AddIndex(
            model_name='attachment',
            index=models.Index(condition=models.Q(('uploader__isnull', False)), fields=['uploader'], name='idx_attachments_uploader'),
        ),
        migrations.AddConstraint(
            model_name='attachment',
            constraint=models.CheckConstraint(condition=models.Q(('file_size__gte', 1), ('file_size__lte', 52428800)), name='attachments_file_size_valid'),
        ),
        migrations.AddIndex(
            model_name='reaction',
            index=models.Index(fields=['user'], name='idx_reactions_user'),
        ),
        migrations.AddConstraint(
            model_name='reaction',
            constraint=models.UniqueConstraint(fields=('message', 'user', 'emoji'), name='idx_reactions_message_user_emoji'),
        ),
    ]
