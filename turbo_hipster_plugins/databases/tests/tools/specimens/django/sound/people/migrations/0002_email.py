from django.db import migrations, models


def greet(apps, schema_editor):
    apps.get_model("people", "Person").objects.create(name="Ada")


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]
    operations = [
        migrations.RunPython(greet, migrations.RunPython.noop),
        migrations.AddField(
            "Person", "email", models.CharField(max_length=60, default="")
        ),
    ]
