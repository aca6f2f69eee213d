"""An index of the parts of names for SQLite, as 0004 made one for PostgreSQL.

The table holds the names again, so that whatever is done to them the triggers need no old values. A later
migration that makes the table of models anew (SQLite does so to alter a column) drops its triggers: it must
make them again, which tests/registry/test_parts_of_names.py finds.
"""

from django.db import DatabaseError, migrations, transaction

TABLE = "CREATE VIRTUAL TABLE registry_model_parts USING fts5(repo_id, tokenize='trigram')"
ADD = "INSERT INTO registry_model_parts (rowid, repo_id) VALUES (NEW.id, NEW.repo_id);"
REMOVE = "DELETE FROM registry_model_parts WHERE rowid = OLD.id;"
TRIGGERS = {
    "registry_model_added": f"AFTER INSERT ON registry_model BEGIN {ADD} END",
    "registry_model_removed": f"AFTER DELETE ON registry_model BEGIN {REMOVE} END",
    "registry_model_renamed": f"AFTER UPDATE OF repo_id ON registry_model BEGIN {REMOVE} {ADD} END",
}
FILL = "INSERT INTO registry_model_parts (rowid, repo_id) SELECT id, repo_id FROM registry_model"


def index_parts_of_names(apps, schema_editor):
    """SQLite has the tokenizer from 3.34 on. Where it is missing, searching reads all names."""
    connection = schema_editor.connection
    if connection.vendor != "sqlite":
        return
    try:
        with transaction.atomic(connection.alias), connection.cursor() as cursor:
            cursor.execute(TABLE)
            for name, does in TRIGGERS.items():
                cursor.execute(f"CREATE TRIGGER {name} {does}")
            cursor.execute(FILL)
    except DatabaseError as fault:
        print(f"Names are not indexed by their parts, so that searching them stays slow: {fault}")


def forget_parts_of_names(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for name in TRIGGERS:
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}")
        schema_editor.execute("DROP TABLE IF EXISTS registry_model_parts")


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0006_model_figures"),
    ]

    operations = [
        migrations.RunPython(index_parts_of_names, forget_parts_of_names),
    ]
