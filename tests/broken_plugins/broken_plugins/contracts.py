from oslo_config import cfg

from broken_plugins.sound import Sound
from turbo_hipster import task


def FUNCTION(context):
    return None


class NotATask:
    pass


class Abstract(task.Task):
    pass


class OddOptions(Sound):
    options = "command"


class OddOption(Sound):
    options = ["command"]


class Twice(Sound):
    options = [cfg.StrOpt("greeting"), cfg.IntOpt("greeting")]


class TakesCoreName(Sound):
    options = [cfg.IntOpt("kill-grace", help="Ours, it thinks.")]


class OldCoreName(Sound):
    options = [cfg.IntOpt("patience", deprecated_name="timeout")]


class OddSteps(Sound):
    steps = "greet"


class NeedsOption(Sound):
    options = [cfg.StrOpt("greeting", required=True, help="What to say.")]
