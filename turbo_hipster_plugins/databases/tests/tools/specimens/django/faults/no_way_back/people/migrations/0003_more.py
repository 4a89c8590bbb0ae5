from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("people", "0002_email")]
    operations = [migrations.RunSQL("UPDATE people_person SET name = name")]
