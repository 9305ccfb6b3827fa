"""The state of an order file was in its counts, and has a column of its own now."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('streams', '0004_order_progress'),
    ]

    operations = [
        migrations.RunSQL(
            "UPDATE streams_orderimport SET state = 'preview' WHERE counts->>'state' = 'preview'",
            migrations.RunSQL.noop,
        ),
    ]
