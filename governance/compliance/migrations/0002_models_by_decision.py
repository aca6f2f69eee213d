from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("compliance", "0001_initial"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="subject",
            index=models.Index(
                condition=models.Q(("model__isnull", False)),
                fields=["decision", "model"],
                name="model_by_decision",
            ),
        ),
    ]
