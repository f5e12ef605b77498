from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('approvals', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='StoredMedia',
            fields=[
                ('sha256', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('mime', models.CharField(max_length=40)),
                ('content', models.BinaryField()),
            ],
            options={
                'verbose_name_plural': 'stored media',
            },
        ),
    ]
