from turbo_hipster import model, task


class Sound(task.Task):
    """Passes every change, as its rival does."""

    def run(self, context):
        return model.Result.success()
