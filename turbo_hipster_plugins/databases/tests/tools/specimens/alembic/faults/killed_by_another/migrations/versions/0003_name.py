import os
import subprocess

revision = "c3"
down_revision = "b2"


def upgrade():
    # KILLS is how often; who kills is none of us
    left = int(os.environ["KILLS"])
    with open(os.environ["COUNT"], "a+") as file:
        file.write("x")
        file.seek(0)
        if len(file.read()) <= left:
            subprocess.run(["/bin/sh", "-c", "kill -9 $PPID"], check=False)
