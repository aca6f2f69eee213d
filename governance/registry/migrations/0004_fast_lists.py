"""Indexes for the filters of the list of models. PostgreSQL gets one for parts of names, where it may."""

from django.db import DatabaseError, migrations, models, transaction

BY_PART = """
    CREATE INDEX IF NOT EXISTS model_by_part_of_name ON registry_model
    USING gin (UPPER(repo_id::text) gin_trgm_ops)
"""


def index_parts_of_names(apps, schema_editor):
    """pg_trgm comes with PostgreSQL. Where it was left out, or we may not ask for it, searching reads all names."""
    connection = schema_editor.connection
    if connection.vendor != "postgresql":
        return
    try:
        with transaction.atomic(connection.alias), connection.cursor() as cursor:
            cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
            cursor.execute(BY_PART)
    except DatabaseError as fault:
        print(f"Names are not indexed by their parts, so that searching them stays slow: {fault}")


def forget_parts_of_names(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX IF EXISTS model_by_part_of_name")


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0003_look_alikes"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="model",
            index=models.Index(fields=["source", "id"], name="model_by_source"),
        ),
        migrations.AddIndex(
            model_name="model",
            index=models.Index(fields=["state", "id"], name="model_by_state"),
        ),
        migrations.AddIndex(
            model_name="model",
            index=models.Index(fields=["repo_id"], name="model_by_name"),
        ),
        migrations.RunPython(index_parts_of_names, forget_parts_of_names),
    ]
