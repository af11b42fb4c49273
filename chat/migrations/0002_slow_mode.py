import together.database.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('chat', '0001_founding'),
        ('guilds', '0001_founding'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='LastPost',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('posted_at', models.DateTimeField()),
                ('channel', together.database.fields.ForeignKey(db_index=False, db_on_delete='CASCADE', related_name='last_posts', to='guilds.channel')),
                ('user', together.database.fields.ForeignKey(db_index=False, db_on_delete='CASCADE', related_name='last_posts', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'last_posts',
                'indexes': [models.Index(fields=['user'], name='idx_last_posts_user')],
                'constraints': [models.UniqueConstraint(fields=('channel', 'user'), name='idx_last_posts_channel_user')],
            },
        ),
    ]
