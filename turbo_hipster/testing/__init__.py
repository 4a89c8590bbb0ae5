"""What we promise to authors of plugins for their tests.

``run_task`` runs a task here and now, with real commands and real git and no
server; ``TaskConformance`` checks an installed plugin against the contract;
``Project`` lays out a repository to judge.
"""

from turbo_hipster.testing.conformance import TaskConformance
from turbo_hipster.testing.outcome import Outcome
from turbo_hipster.testing.project import Project
from turbo_hipster.testing.running import run_task

__all__ = ["Outcome", "Project", "TaskConformance", "run_task"]
