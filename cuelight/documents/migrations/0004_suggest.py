"""The right to suggest, between commenting and writing."""

from typing import ClassVar

from django.db import migrations, models

_CHOICES = [(right, right) for right in ("read", "comment", "suggest", "edit")]


class Migration(migrations.Migration):
    dependencies: ClassVar = [("documents", "0003_authors")]

    operations: ClassVar = [
        migrations.AlterField(
            model_name="document",
            name="everyone",
            field=models.CharField(blank=True, choices=_CHOICES, default="edit", max_length=10),
        ),
        migrations.AlterField(
            model_name="share", name="right", field=models.CharField(choices=_CHOICES, max_length=10)
        ),
        migrations.AlterField(
            model_name="sharelink", name="right", field=models.CharField(choices=_CHOICES, max_length=10)
        ),
    ]
