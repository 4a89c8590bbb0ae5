INSTALLED_APPS = ["people", "shop"]
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
SECRET_KEY = "a specimen has none"
USE_TZ = True
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "production",
        "HOST": "db.example.org",
    },
    "archive": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": "never-this-one.sqlite",
    },
}
