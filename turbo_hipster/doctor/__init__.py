"""The doctor: what would go wrong here, and what to do about it.

Each check is a process of its own (``inside``) with a limit of its own, so
that a plugin that falls, a disk that hangs or a server that is silent costs
its own check and no other.  ``table`` says which checks there are, ``visit``
makes one, ``checks`` has ours; other packages add theirs through an
entry-point namespace, see ``patient``.
"""
