import together.database.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_instance_settings'),
    ]

    operations = [
        migrations.CreateModel(
            name='Presence',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('process', models.UUIDField()),
                ('expires_at', models.DateTimeField()),
                ('user', together.database.fields.ForeignKey(db_index=False, db_on_delete='CASCADE', related_name='presences', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'presences',
                'constraints': [models.UniqueConstraint(fields=('user', 'process'), name='idx_presences_user_process')],
            },
        ),
    ]
