"""What every task must do; the suite comes with turbo-hipster."""

from turbo_hipster.testing import TaskConformance


class TestShellScript(TaskConformance):
    plugin = "shell_script"
    options = {
        "command": "cat new.txt; echo 'one more line' >log; exit 0",
        "arguments": "none",
        "watch": "log:log",
    }
