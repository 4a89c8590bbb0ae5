from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [("people", "0001_initial"), ("people", "0002_email")]
    dependencies = []
    operations = [
        migrations.CreateModel(
            "Person",
            [
                ("id", models.AutoField(primary_key=True)),
                ("name", models.CharField(max_length=30)),
                ("email", models.CharField(max_length=60, default="")),
            ],
        ),
    ]
