"""Databases for tasks: private servers, snapshots, measured migrations.

A library.  It owns two entry-point namespaces: ``turbo_hipster.database``
(engines, see ``engine``) and ``turbo_hipster.migration_tool`` (see
``migration_tool``).
"""

__version__ = "1.0.0"
