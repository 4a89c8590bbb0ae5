"""A place that is sound, to be spoiled in one respect, and the doctor."""

import json
import os
import subprocess
import sys

LIMIT = 110


class Place:
    """A configuration, and whoever looks at it."""

    def __init__(self, folder):
        self.folder = folder
        self.conf = folder / "th.conf"
        self.state = folder / "state"
        self.results = folder / "published"
        self.environment = {**os.environ, "LC_ALL": "C.UTF-8"}
        self.python = sys.executable
        self.become = {}
        self.write()

    def write(self, server="127.0.0.1:1", gearman="", more="", job=""):
        """Write what is sound, with another server or more lines."""
        self.conf.write_text(
            f"[DEFAULT]\nenabled_jobs = unit\nstate_dir = {self.state}\n"
            f"[gearman]\nservers = {server}\n{gearman}\n"
            f"[git]\norigin = file://{self.folder}\n"
            f"[publish:local]\npath = {self.results}\n"
            + (job or "[job:unit]\nplugin = shell_script\ncommand = true\n")
            + more
        )

    def at(self, server, **more):
        """Write the configuration for a server that runs."""
        host, port = server.address
        self.write(f"{host}:{port}", **more)

    def run(self, *argv):
        """Run one of our programs by its module."""
        return subprocess.run(
            [self.python, "-P", "-m", *argv],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            env=self.environment,
            cwd="/",
            timeout=LIMIT,
            **self.become,
        )

    def doctor(self, *arguments):
        """Return the exit status and the text of a visit."""
        done = self.run(
            "turbo_hipster", "--config-file", self.conf, "doctor", *arguments
        )
        return done.returncode, done.stdout + done.stderr

    def told(self, *only, status=None, more=()):
        """Return what these checks told, for programs."""
        chosen = [word for name in only for word in ("--only", name)]
        code, text = self.doctor("-f", "json", *chosen, *more)
        assert code in (0, 1, 2), text
        assert status in (None, code), text
        rows = json.loads(text)
        worst = {"ok": 0, "warn": 1, "fail": 2}
        assert code == max(worst[row["state"]] for row in rows)
        for row in rows:
            assert row["sentence"]
            assert bool(row["advice"]) == (row["state"] != "ok"), row
        return rows

    def bad(self, *only, status=2, more=()):
        """Return sentence and advice of what is not well, as one text."""
        return "\n".join(
            f"{row['sentence']} -> {row['advice']}"
            for row in self.told(*only, status=status, more=more)
            if row["state"] != "ok"
        )

    def install(self, distribution, code, *points):
        """Install a package of one module; ``points``: group, name, what."""
        site = self.folder / f"site-{distribution}"
        facts = site / f"{distribution.replace('-', '_')}-1.0.dist-info"
        facts.mkdir(parents=True)
        module = distribution.replace("-", "_")
        (site / f"{module}.py").write_text(code)
        (facts / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n"
        )
        (facts / "entry_points.txt").write_text(
            "".join(
                f"[{group}]\n{name} = {module}:{what}\n"
                for group, name, what in points
            )
        )
        known = self.environment.get("PYTHONPATH", "")
        paths = [str(site), *filter(None, [known])]
        self.environment["PYTHONPATH"] = os.pathsep.join(paths)
