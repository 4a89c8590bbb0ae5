"""A task with more steps than any client wants to hear of."""

STEPS = 4_000

PLUGIN = f"""
from turbo_hipster import model, task

STEPS = {STEPS}


class Tiny(task.Task):
    def run(self, context):
        context.plan([str(number) for number in range(10)])
        for number in range(STEPS):
            with context.step(str(number % 10)):
                pass
        with context.step("the last one"):
            pass
        return model.Result.success()
"""

JOB = """
plugin = tiny
checkout = none
"""


def test_a_flood_of_steps_does_not_flood_the_server(site, geard, zuul_of):
    # given
    site.plugin("tiny", PLUGIN, "[turbo_hipster.task]\ntiny = tiny:Tiny\n")
    site.start(geard.address, slots=1, jobs={"unit": JOB})
    zuul = zuul_of(geard.address)

    # when
    told = zuul.launch().wait()

    # then little is told of it, in order, and the end is exact
    assert told.conclusion == "SUCCESS"
    done = [
        tuple(map(int, data.split(b"\0")))
        for data in told.payloads("WORK_STATUS")
    ]
    assert len(done) + len(told.facts) < STEPS / 4
    assert done == sorted(done)
    assert done[-1] == (STEPS + 1, STEPS + 1)
    steps = [facts["worker_extra"].get("step") for facts in told.facts]
    assert steps[-1] == "the last one"
