"""The shell_script task: run a command, judge the change by its end."""

__version__ = "1.0.0"
