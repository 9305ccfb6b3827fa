"""Where events go: by the day they came in, with what was seen beside it."""

from typing import ClassVar

from django.db import migrations, models
from django.db.migrations.operations.base import Operation

MAKE = """
CREATE SEQUENCE streams_event_id AS bigint CACHE 1;
CREATE TABLE streams_event (
    id bigint NOT NULL,
    studio_id bigint NOT NULL,
    received_at timestamptz NOT NULL,
    at timestamptz NOT NULL,
    platform text NOT NULL,
    platform_id text NOT NULL,
    kind text NOT NULL,
    user_id text NOT NULL,
    body jsonb NOT NULL,
    raw jsonb,
    rehearsal boolean NOT NULL,
    hidden_at timestamptz,
    hidden_why text NOT NULL DEFAULT '',
    PRIMARY KEY (studio_id, id, received_at)
) PARTITION BY RANGE (received_at);
CREATE INDEX streams_event_at ON streams_event (studio_id, at);
CREATE INDEX streams_event_activity ON streams_event (studio_id, id)
    WHERE kind NOT IN ('chat', 'question', 'system', 'like', 'join');
-- What no day was made for; the nightly job makes them a week ahead, so nothing comes here unless it did not run.
CREATE TABLE streams_event_other PARTITION OF streams_event DEFAULT;
CREATE TABLE streams_seen (
    studio_id bigint NOT NULL,
    platform text NOT NULL,
    platform_id text NOT NULL,
    event_id bigint NOT NULL,
    received_at timestamptz NOT NULL,
    PRIMARY KEY (studio_id, platform, platform_id)
);
CREATE INDEX streams_seen_old ON streams_seen (received_at);
"""
DROP = "DROP TABLE streams_seen; DROP TABLE streams_event; DROP SEQUENCE streams_event_id"


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [("streams", "0001_initial")]

    operations: ClassVar[list[Operation]] = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(MAKE, DROP)],
            state_operations=[
                migrations.CreateModel(
                    name='Event',
                    fields=[
                        ('pk', models.CompositePrimaryKey('studio_id', 'id', 'received_at', blank=True, editable=False, primary_key=True, serialize=False)),
                        ('id', models.BigIntegerField()),
                        ('studio_id', models.BigIntegerField()),
                        ('received_at', models.DateTimeField()),
                        ('at', models.DateTimeField(help_text="The platform's own time")),
                        ('platform', models.CharField(max_length=20)),
                        ('platform_id', models.CharField(max_length=200)),
                        ('kind', models.CharField(max_length=16)),
                        ('user_id', models.CharField(blank=True, max_length=200)),
                        ('body', models.JSONField()),
                        ('raw', models.JSONField(null=True)),
                        ('rehearsal', models.BooleanField()),
                        ('hidden_at', models.DateTimeField(null=True)),
                        ('hidden_why', models.CharField(blank=True, max_length=20)),
                    ],
                    options={
                        'db_table': 'streams_event',
                    },
                ),
                migrations.CreateModel(
                    name='Seen',
                    fields=[
                        ('pk', models.CompositePrimaryKey('studio_id', 'platform', 'platform_id', blank=True, editable=False, primary_key=True, serialize=False)),
                        ('studio_id', models.BigIntegerField()),
                        ('platform', models.CharField(max_length=20)),
                        ('platform_id', models.CharField(max_length=200)),
                        ('event_id', models.BigIntegerField()),
                        ('received_at', models.DateTimeField()),
                    ],
                    options={
                        'db_table': 'streams_seen',
                    },
                ),
            ],
        )
    ]
