"""The work as a Celery task; the redis socket comes from the environment."""

import os

import celery

from benchmarks.rivals import work

SOCKET = "redis+socket://" + os.environ.get("BENCH_REDIS", "/nowhere")

app = celery.Celery("benchmarks", broker=SOCKET, backend=SOCKET)
app.conf.broker_connection_retry_on_startup = True
run_true = app.task(work.run_true, name="run_true")
