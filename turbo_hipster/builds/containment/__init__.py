"""Contain a build: find every process of it, kill them, and prove it."""

from turbo_hipster.builds.containment.children import Left as Left
from turbo_hipster.builds.containment.children import (
    kill_children as kill_children,
)
from turbo_hipster.builds.containment.choice import choose as choose
from turbo_hipster.builds.containment.choice import make as make
from turbo_hipster.builds.containment.journal import Journal as Journal
from turbo_hipster.builds.containment.journal import (
    now_journal as now_journal,
)
from turbo_hipster.builds.containment.journal import sweep as sweep
from turbo_hipster.builds.containment.kernel import (
    become_subreaper as become_subreaper,
)
from turbo_hipster.builds.containment.kernel import (
    set_parent_death_signal as set_parent_death_signal,
)
from turbo_hipster.builds.containment.mark import (
    ENVIRONMENT as ENVIRONMENT,
)
from turbo_hipster.builds.containment.mark import new_mark as new_mark
from turbo_hipster.builds.containment.privileges import (
    drop_privileges as drop_privileges,
)
from turbo_hipster.builds.containment.proc import (
    children_tree as children_tree,
)
from turbo_hipster.builds.containment.technique import (
    Technique as Technique,
)
