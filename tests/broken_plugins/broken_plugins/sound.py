from oslo_config import cfg

from turbo_hipster import model, task


class Sound(task.Task):
    """Passes every change."""

    options = [cfg.StrOpt("greeting", default="hello", help="What to say.")]
    steps = ("greet",)

    def run(self, context):
        with context.step("greet"):
            context.log.info(self.settings.greeting)
        return model.Result.success(self.settings.greeting)
