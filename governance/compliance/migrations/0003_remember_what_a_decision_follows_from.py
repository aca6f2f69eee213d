from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("compliance", "0002_models_by_decision"),
    ]

    operations = [
        migrations.AddField(
            model_name="case",
            name="ruled_from",
            field=models.CharField(db_default="", default="", max_length=64),
        ),
    ]
