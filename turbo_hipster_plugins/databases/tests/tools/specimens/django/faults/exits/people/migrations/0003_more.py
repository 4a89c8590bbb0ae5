import sys

from django.db import migrations


def leave(apps, schema_editor):
    sys.exit("enough")


class Migration(migrations.Migration):
    dependencies = [("people", "0002_email")]
    operations = [migrations.RunPython(leave)]
