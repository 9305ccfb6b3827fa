from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('documents', '0002_sharing'),
    ]

    operations = [
        migrations.AddField(
            model_name='document',
            name='floor',
            field=models.BigIntegerField(default=0, help_text='the newest version whose changes were folded'),
        ),
        migrations.AddField(
            model_name='snapshot',
            name='authors',
            field=models.BinaryField(help_text='JSON: units and whom they are by, in turn', null=True),
        ),
        migrations.AddIndex(
            model_name='snapshot',
            index=models.Index(condition=models.Q(('authors', None)), fields=['document'], name='snapshot_without_authors'),
        ),
    ]
