from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("live_sessions", "0003_hosts_skipping_templates"),
    ]

    operations = [
        migrations.AddField(
            model_name="session",
            name="made_by_op",
            field=models.UUIDField(help_text="The form that made it: sent twice, it is made once", null=True),
        ),
        migrations.AddConstraint(
            model_name="session",
            constraint=models.UniqueConstraint(fields=("studio", "made_by_op"), name="session_made_once"),
        ),
    ]
