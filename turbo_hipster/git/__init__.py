"""The git door: the only rooms that run git.

``source`` says what a build checks out and refuses what is hostile,
``checkout`` lays it out, ``local`` takes a checkout as it is.  A bare mirror
per project lives under ``STATE_DIR/git`` (``mirror``); checkouts borrow its
objects.  Nothing here starts a process: each call is given an ``execute``.

What git may do is decided in ``door``: which of the operator's settings
count, which transports are allowed, and that nothing ever asks a question.
"""
