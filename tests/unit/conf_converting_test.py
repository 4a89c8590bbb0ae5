import json

import pytest
import yaml

from turbo_hipster.conf import converting, load

OLD = """
zuul_server:
  gerrit_site: http://review.example.org/p
  git_origin: git://git.example.org
  gearman_host: zuul.example.org
  gearman_port: 4731
debug_log: /var/log/turbo-hipster/debug.log
jobs_working_dir: /var/lib/turbo-hipster/jobs
git_working_dir: /var/lib/turbo-hipster/git
pip_download_cache: /var/cache/pip
conf_d: conf.d
publish_logs: {type: local, path: /srv/logs, prepend_url: http://logs/}
jobs:
  - name: build:unit
    shell_script: /etc/turbo-hipster/scripts/unit.sh
  - name: build:migrate:mysql
    plugin: real_db_upgrade
    datasets_dir: /var/lib/datasets
  - name: build:migrate:percona
    plugin: real_db_upgrade
shutdown-th: true
"""


@pytest.fixture
def convert():
    def convert(old):
        if isinstance(old, str):
            old = yaml.safe_load(old)
        return converting.convert(old)

    return convert


def test_a_whole_configuration_is_translated(convert, tmp_path):
    # when one of 2014 is translated
    new = convert(OLD)

    # then today's reader takes it, and finds all of it
    path = tmp_path / "th.conf"
    path.write_text(new.text())
    settings = load.load([path], [])
    assert settings.enabled_jobs == ("unit", "migrate")
    assert str(settings.state_dir) == "/var/lib/turbo-hipster"
    assert settings.git_origin == "git://git.example.org"
    assert list(settings.gearman.servers) == [("zuul.example.org", 4731)]
    unit, migrate = settings.jobs["unit"], settings.jobs["migrate"]
    assert unit.core.plugin == "shell_script"
    assert unit.raw["command"] == ["/etc/turbo-hipster/scripts/unit.sh"]
    assert unit.raw["arguments"] == ["th"]
    assert migrate.core.plugin == "real_db_upgrade"
    assert list(migrate.core.labels) == ["mysql", "percona"]
    assert migrate.raw["datasets_dir"] == ["/var/lib/datasets"]
    [publisher] = settings.publishers
    assert publisher.raw["path"] == ["/srv/logs"]
    assert publisher.raw["url"] == ["http://logs/"]

    # and what has no counterpart is named
    assert [note.split(":")[0] for note in new.notes] == [
        "pip_download_cache",
        "conf_d",
        "jobs[2] (build",
        "shutdown-th",
    ]


def test_an_account_of_swift_is_taken_over(convert):
    old = {
        "type": "swift",
        "authurl": "https://keystone.example.org/v2.0/",
        "tenant": "ci",
        "user": "th",
        "password": "pa$$word",
        "container": "logs",
        "region": "here",
        "prepend_url": "http://logs/",
    }
    new = convert({"publish_logs": old})
    assert new.sections["publish"]["publishers"] == ["swift"]
    assert new.sections["publish:swift"] == {
        "publisher": ["swift"],
        "auth_url": ["https://keystone.example.org/v3"],
        "user": ["th"],
        "password": ["pa$$word"],
        "project": ["ci"],
        "region": ["here"],
        "container": ["logs"],
        "url": ["http://logs/"],
    }
    first = convert(
        {"publish_logs": {**old, "authurl": "http://swift/auth/v1.0"}}
    )
    own = first.sections["publish:swift"]
    assert own["auth_url"] == ["http://swift/auth/v1.0"]
    assert own["auth_version"] == ["1"]


def test_the_older_form_of_a_job_is_understood(convert):
    new = convert(
        {
            "plugins": [
                {
                    "name": "gate_real_db_upgrade",
                    "function": "build:gate-real-db-upgrade_nova_mysql",
                    "datasets_dir": "/d",
                }
            ]
        }
    )
    name = "gate-real-db-upgrade_nova_mysql"
    assert new.sections["DEFAULT"]["enabled_jobs"] == [name]
    assert new.sections[f"job:{name}"] == {
        "plugin": ["real_db_upgrade"],
        "datasets_dir": ["/d"],
    }
    assert new.notes == []


@pytest.mark.parametrize(
    "old, said",
    [
        ("zuul_server: {gearman_hots: x}", "zuul_server.gearman_hots: is not"),
        ("zuul_server: 7", "zuul_server: is no mapping"),
        ("banana: 1", "banana: is not known"),
        ("publish_logs: {type: scp, host: x}", "no publisher for type scp"),
        ("publish_logs: {type: swift, user: x}", "publishers[swift]"),
        ("publish_logs: {type: swift, pth: x}", "publish_logs.pth: is not"),
        ("publish_logs: {path: /a, pth: /b}", "publish_logs.pth: is not"),
        ("jobs: 7", "jobs: is no list"),
        ("jobs: [7]", "jobs[0]: is no mapping"),
        ("jobs: [{name: 'build:a b'}]", "jobs[0]: 'a b' is no job name"),
        ("jobs: [{plugin: x}]", "jobs[0]: '' is no job name"),
        ("jobs: [{name: a, jjb_config: x}]", "Jenkins Job Builder"),
        ("jobs: [{name: a, list: [1]}]", "neither text nor number"),
        ("jobs: [{name: a, shell_script: 'a #b'}]", "looks like a comment"),
        ('jobs: [{name: a, shell_script: "a\\nb"}]', "has lines or blanks"),
        ("jobs: [{name: a}, {name: a}]", "its own options are left"),
        ("{git_working_dir: /a/git, jobs_working_dir: /b}", "in common"),
    ],
)
def test_what_cannot_be_taken_over_is_named(convert, old, said):
    notes = convert(old).notes
    assert any(said in note for note in notes), notes


def test_a_dollar_sign_stays_one(convert, tmp_path):
    path = tmp_path / "th.conf"
    path.write_text(
        convert(
            "{zuul_server: {git_origin: 'http://$h'}, jobs: "
            "[{name: a, shell_script: 'echo $HOME'}]}"
        ).text()
    )
    settings = load.load([path], [])
    assert settings.git_origin == "http://$h"
    assert settings.jobs["a"].raw["command"] == ["echo $HOME"]


@pytest.mark.parametrize("nothing", [{}, {"jobs": []}, {"debug_log": None}])
def test_little_makes_little(convert, nothing):
    assert convert(json.loads(json.dumps(nothing))).notes == []
