from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("compliance", "0003_remember_what_a_decision_follows_from"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="subject",
            index=models.Index(
                condition=models.Q(("settled", False)), fields=["case"], name="subject_unsettled"
            ),
        ),
    ]
