from broken_plugins import ways
from broken_plugins.sound import Sound
from turbo_hipster import model


class ReturnsNonsense(Sound):
    def run(self, context):
        return {"verdict": "great"}


class SaysError(Sound):
    """Returns a verdict that is not a task's to give."""

    def run(self, context):
        return model.Result(model.Verdict.ABORTED, ("so there",))


class Exits(Sound):
    def run(self, context):
        ways.exits()
        return super().run(context)


class Vanishes(Sound):
    def run(self, context):
        ways.vanishes()
        return super().run(context)


class Raises(Sound):
    def run(self, context):
        ways.raises()
        return super().run(context)


class RaisesBase(Sound):
    def run(self, context):
        ways.raises_base()
        return super().run(context)


class Segfaults(Sound):
    def run(self, context):
        ways.segfaults()
        return super().run(context)


class Loops(Sound):
    def run(self, context):
        ways.loops()
        return super().run(context)


class Stops(Sound):
    def run(self, context):
        ways.stops()
        return super().run(context)


class LeavesThreads(Sound):
    def run(self, context):
        ways.leaves_threads()
        return super().run(context)


class LeavesChildren(Sound):
    def run(self, context):
        ways.leaves_children()
        return super().run(context)


class HidesChildren(Sound):
    def run(self, context):
        ways.hides_children()
        return super().run(context)


class Bombs(Sound):
    def run(self, context):
        ways.bombs()
        return super().run(context)


class MovesHouse(Sound):
    def run(self, context):
        ways.moves_house()
        return super().run(context)


class ClosesFds(Sound):
    def run(self, context):
        ways.closes_fds()
        return super().run(context)


class WritesGarbage(Sound):
    def run(self, context):
        ways.writes_garbage()
        return super().run(context)
