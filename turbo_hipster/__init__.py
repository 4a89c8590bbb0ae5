"""turbo-hipster: a Gearman worker and plugin framework for CI.

A build walks one way: a Gearman job becomes a Build, a Task judges it, the
Result becomes a Report, and the Report finishes the Gearman job.
"""

__version__ = "1.0.0"
