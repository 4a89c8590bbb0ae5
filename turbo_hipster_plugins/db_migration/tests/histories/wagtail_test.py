"""wagtail 8.0.1 on Django 5.2: a site of twenty apps."""

import pytest

from theatre.histories import told
from turbo_hipster_db_migration.task import DbMigration

pytestmark = [
    pytest.mark.functional,
    pytest.mark.heavy,
    pytest.mark.histories,
    pytest.mark.timeout(900),
]

LAST = ("core_migrations/009[78]*",)
ENGINES = ("sqlite", "mariadb", "postgresql")
SETTINGS = """
SECRET_KEY = "of no account"
USE_TZ = True
WAGTAIL_SITE_NAME = "Twenty apps"
WAGTAILADMIN_BASE_URL = "http://localhost"
STATIC_URL = "/static/"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
MIGRATION_MODULES = {"wagtailcore": "core_migrations"}
INSTALLED_APPS = [
    "wagtail.contrib.forms",
    "wagtail.contrib.redirects",
    "wagtail.contrib.search_promotions",
    "wagtail.contrib.simple_translation",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
]
"""


@pytest.fixture(scope="module")
def wagtail(make_history):
    made = make_history(
        "django",
        "wagtail==8.0.1",
        "django~=5.2.0",
        "pymysql",
        "psycopg[binary]",
        engines=ENGINES,
    )
    made.lay_out(
        made.installed("wagtail") / "migrations",
        "core_migrations",
        {"site_settings.py": SETTINGS},
        changed=LAST,
    )
    return made


@pytest.mark.parametrize("engine", ENGINES)
def test_all_steps_of_the_site_run(wagtail, engine):
    history, ran, current = wagtail.walk(engine, settings="site_settings")

    assert [one for one in ran if one.failure] == []
    assert len(ran) == 192
    assert sorted(current) == sorted(history.heads)


def test_engines_did_not_agree_before_either(wagtail):
    # the tool runs other apps' migrations behind those of the change
    outcome = wagtail.judge(
        DbMigration, tool_options="settings:site_settings", checks="undo"
    )

    assert told(outcome) == [
        "note TH-M401 mariadb",
        "note TH-M401 postgresql",
    ]
    for finding in outcome.findings:
        assert "before this change" in finding.message
    found = {one.where["engine"]: one for one in outcome.findings}
    # MariaDB has no index with a condition
    assert found["mariadb"].measured == "1 difference"
    assert found["postgresql"].measured == "4 differences"
    assert all(
        line.startswith("column wagtailsearch_indexentry.")
        for line in found["postgresql"].detail.splitlines()
    )


def test_the_last_two_killed_half_way_cannot_be_run_again(wagtail):
    outcome = wagtail.judge(
        DbMigration,
        engines="mariadb",
        tool_options="settings:site_settings",
        checks="halfway",
    )

    assert told(outcome) == [
        "fail TH-M301 mariadb "
        "wagtailcore.0097_baselogentry_uuid_action_timestamp_indexes",
        "fail TH-M301 mariadb wagtailcore.0098_apitoken",
    ]
