"""Tasks that show, print and leave words that are odd or secret."""

import json
import os
import subprocess

from tasks.stage import Specimen
from turbo_hipster import model


class Prints(Specimen):
    def act(self, context):
        line = b"x" * 79 + b"\n"
        os.write(1, b"the first line\n")
        for _ in range(50):
            os.write(1, line * 12_500)
        os.write(1, b"the last line\n")
        return super().act(context)


class LeavesHostileRecord(Specimen):
    """Entries that no task could have made, and a pipe at the end."""

    def act(self, context):
        step = {"name": 1, "started": 10**400, "seconds": 1, "verdict": "X"}
        finding = {
            "id": ["x"], "message": None, "limit_source": {}, "advice": 1,
            "severity": "fail", "where": {"a": {"b": 1}}, "measured": [1],
            "limit": {"a": 1}, "accepted": 7, "proposed": ["x"],
        }  # fmt: skip
        with open(self.root / "record.jsonl", "a") as record:
            for entry in (
                None, 1, [], ["step"], [[], {}], ["step", step],
                ["finding", finding], ["table", {"name": 1, "rows": "abc"}],
                ["table", {"name": [], "title": {}, "rows": [{"x": {}}]}],
                ["chart", {"series": [{"name": 1, "points": [[1, "y"]]}]}],
                ["artefact", {"path": "../../x", "title": 1}],
                ["not_checked", {"what": 1, "why": None}], ["nobody", 1],
            ):  # fmt: skip
                record.write(json.dumps(entry) + "\n")
            record.write("[" * 50_000 + "\n\x00\xff{\n")
        return super().act(context)


class LeavesAPipeForARecord(Specimen):
    def act(self, context):
        (self.root / "record.jsonl").unlink()
        os.mkfifo(self.root / "record.jsonl")
        return super().act(context)


class LeavesAPipeForAResult(Specimen):
    def act(self, context):
        os.mkfifo(self.root / "result.json")
        os._exit(0)


class LeavesItsOwnResult(Specimen):
    def act(self, context):
        said = context.build.parameters["RESULT"]
        (self.root / "result.json").write_text(said)
        os._exit(0)


class ShowsOddThings(Specimen):
    def act(self, context):
        context.finding(
            "TH-ODD",
            "<script>\x1b[31m",
            where={"x": object(), 3: None},
            measured=float("nan"),
            limit=float("inf"),
            severity=model.Severity.WARN,
        )
        context.table("t", [{"a": object(), "b": [1, {"c": 2}], 7: {1, 2}}])
        context.table("empty", [])
        context.chart(model.Chart("c", "pie", "", ()))
        return super().act(context)


class TellsSecrets(Specimen):
    """The secret in everything that is shown, and in an exception."""

    def act(self, context):
        secret = context.build.parameters["PASSWORD"]
        print("printed", secret, flush=True)
        context.log.warning("logged %s", secret)
        with context.step(f"step {secret}"):
            context.execute(["/bin/sh", "-c", f"echo said {secret}"])
        context.finding(
            "TH-X", f"message {secret}", where={f"k{secret}": secret},
            measured=f"m {secret}", advice=f"a {secret}",
        )  # fmt: skip
        context.table(f"t {secret}", [{f"c {secret}": f"v {secret}"}])
        context.not_checked(f"what {secret}", f"why {secret}")
        (context.results_dir / "kept.txt").write_text("kept")
        context.artefact(context.results_dir / "kept.txt", f"title {secret}")
        raise ValueError(f"it was {secret}")


class ShowsItsWorld(Specimen):
    """Leave what it sees of the parameters and the environment."""

    def act(self, context):
        seen = {
            "parameters": dict(context.build.parameters),
            "environment": dict(os.environ),
            "command": subprocess.run(
                ["env", "-0"], stdout=subprocess.PIPE, text=True, check=True
            ).stdout,
        }
        (context.results_dir / "seen.json").write_text(json.dumps(seen))
        return super().act(context)


class Independent(Specimen):
    """Say which commits there are; fails, so that the folder is kept."""

    def act(self, context):
        further = context.checkout("master")
        assert (further / "file").exists()
        return model.Result.failure("to be looked at")


class FindsWhatIsAsked(Specimen):
    def act(self, context):
        for one in json.loads(context.build.parameters["FINDINGS"]):
            context.finding(one["id"], "found", where=one.get("where"))
        return super().act(context)
