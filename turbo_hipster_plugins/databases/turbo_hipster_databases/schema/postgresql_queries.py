# ruff: noqa: S608  (only our own words are put in)
"""The queries on PostgreSQL's catalogue.

``named`` writes a name after that of its schema; MINE takes what neither
the server nor an extension brought.
"""

from __future__ import annotations

FIELD, ROW, NAME = "\x1f", "\x1e", "\x1d"
"""Marks between the fields, rows and names that the server packs."""

_FIRST = 16384
"""The first object identifier that is not the server's own."""


def named(schema: str, name: str) -> str:
    """Return SQL that names an object as we show it."""
    return (
        f"CASE {schema} WHEN 'public' THEN {name} "
        f"ELSE {schema} || '.' || {name} END"
    )


def mine(oid: str, catalogue: str) -> str:
    """Return the condition that an object is the database's own."""
    return f"""{oid} >= {_FIRST} AND {oid} NOT IN (
        SELECT objid FROM pg_depend
        WHERE classid = '{catalogue}'::regclass AND deptype = 'e')"""


RELATIONS = f"""
SELECT c.oid, {named("n.nspname", "c.relname")}, c.relname, c.relkind::text,
  c.relpersistence::text, array_to_string(c.reloptions, ' '),
  pg_get_expr(c.relpartbound, c.oid),
  CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END,
  CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END,
  c.relrowsecurity, c.relforcerowsecurity, d.description,
  (SELECT string_agg({named("pn.nspname", "p.relname")}, ', '
                     ORDER BY i.inhseqno)
   FROM pg_inherits i JOIN pg_class p ON p.oid = i.inhparent
   JOIN pg_namespace pn ON pn.oid = p.relnamespace
   WHERE i.inhrelid = c.oid AND c.relkind <> 'i')
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_description d ON d.objoid = c.oid
  AND d.classoid = 'pg_class'::regclass AND d.objsubid = 0
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.relpersistence <> 't'
  AND n.nspname !~ '^pg_' AND {mine("c.oid", "pg_class")}
"""
KINDS = f"""
SELECT string_agg(concat_ws('{FIELD}', atttypid || ' ' || atttypmod,
    format_type(atttypid, atttypmod)), '{ROW}' ORDER BY atttypid, atttypmod)
FROM (SELECT DISTINCT atttypid, atttypmod FROM pg_attribute
      WHERE attrelid >= {_FIRST} AND attnum > 0 AND NOT attisdropped) used
"""
COLUMNS = f"""
SELECT a.attrelid, string_agg(concat_ws('{FIELD}', a.attnum, a.attname,
    a.atttypid || ' ' || a.atttypmod, a.attnotnull,
    COALESCE(pg_get_expr(d.adbin, d.adrelid), ''),
    a.attidentity, a.attgenerated,
    CASE WHEN a.attcollation NOT IN (0, 'pg_catalog."default"'::regcollation)
      THEN (SELECT collname FROM pg_collation WHERE oid = a.attcollation)
    ELSE '' END, COALESCE(pd.description, '')), '{ROW}' ORDER BY a.attnum)
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
LEFT JOIN pg_description pd ON pd.objoid = a.attrelid
  AND pd.classoid = 'pg_class'::regclass AND pd.objsubid = a.attnum
WHERE c.relkind IN ('r', 'p', 'f', 'm') AND a.attnum > 0
  AND NOT a.attisdropped AND a.attrelid >= {_FIRST}
GROUP BY a.attrelid
"""
CONSTRAINTS = f"""
SELECT conrelid, string_agg(concat_ws('{FIELD}', conname, contype,
    pg_get_constraintdef(oid)), '{ROW}' ORDER BY oid)
FROM pg_constraint
WHERE conrelid >= {_FIRST} AND contype IN ('p', 'u', 'f', 'c', 'x')
  AND (conparentid = 0 OR contype <> 'f') AND (conislocal OR contype <> 'c')
GROUP BY conrelid
"""
INDEXES = f"""
SELECT i.indrelid, string_agg(concat_ws('{FIELD}', c.relname, am.amname,
    i.indisunique, i.indisvalid, pg_get_indexdef(i.indexrelid), i.indkey,
    CASE WHEN c.relname ~ '_idx[0-9]*$' THEN
      (SELECT string_agg(a.attname, '{NAME}' ORDER BY a.attnum)
       FROM pg_attribute a WHERE a.attrelid = i.indexrelid)
    ELSE '' END), '{ROW}'
    ORDER BY i.indexrelid)
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
JOIN pg_am am ON am.oid = c.relam
WHERE i.indexrelid >= {_FIRST} AND i.indrelid >= {_FIRST}
  AND i.indexrelid NOT IN (SELECT conindid FROM pg_constraint
                           WHERE contype IN ('p', 'u', 'x'))
GROUP BY i.indrelid
"""
SEQUENCES = f"""
SELECT {named("n.nspname", "c.relname")},
  format_type(s.seqtypid, NULL), s.seqstart::text, s.seqincrement::text,
  s.seqmin::text, s.seqmax::text, s.seqcache::text, s.seqcycle,
  o.refobjid, o.refobjsubid
FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_depend o ON o.objid = c.oid AND o.objsubid = 0
  AND o.classid = 'pg_class'::regclass
  AND o.refclassid = 'pg_class'::regclass AND o.deptype IN ('a', 'i')
WHERE c.relpersistence <> 't' AND {mine("c.oid", "pg_class")}
"""
TYPES = f"""
SELECT {named("n.nspname", "t.typname")}, t.typtype::text,
  (SELECT string_agg(quote_literal(e.enumlabel), ', '
                     ORDER BY e.enumsortorder)
   FROM pg_enum e WHERE e.enumtypid = t.oid),
  format_type(t.typbasetype, t.typtypmod), t.typnotnull, t.typdefault,
  (SELECT string_agg(pg_get_constraintdef(con.oid), ' '
                     ORDER BY pg_get_constraintdef(con.oid))
   FROM pg_constraint con
   WHERE con.contypid = t.oid AND con.contype = 'c'),
  (SELECT string_agg(quote_ident(a.attname) || ' '
                     || format_type(a.atttypid, a.atttypmod), ', '
                     ORDER BY a.attnum)
   FROM pg_attribute a WHERE a.attrelid = t.typrelid AND a.attnum > 0
     AND NOT a.attisdropped),
  (SELECT format_type(r.rngsubtype, NULL) FROM pg_range r
   WHERE r.rngtypid = t.oid)
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
WHERE (t.typtype IN ('e', 'd', 'r') OR (t.typtype = 'c' AND EXISTS (
    SELECT FROM pg_class c WHERE c.oid = t.typrelid AND c.relkind = 'c')))
  AND {mine("t.oid", "pg_type")}
"""
TRIGGERS = f"""
SELECT {named("n.nspname", "c.relname")}, t.tgname, t.tgenabled::text,
  pg_get_triggerdef(t.oid), c.relkind::text
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE NOT t.tgisinternal AND {mine("t.oid", "pg_trigger")}
"""
ROUTINES = f"""
SELECT {named("n.nspname", "p.proname")},
  pg_get_function_identity_arguments(p.oid), p.prokind::text,
  CASE WHEN p.prokind = 'a' THEN '' ELSE pg_get_functiondef(p.oid) END,
  l.lanname, p.prosrc, pg_get_function_result(p.oid),
  pg_get_function_arguments(p.oid)
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
JOIN pg_language l ON l.oid = p.prolang
WHERE {mine("p.oid", "pg_proc")}
"""
OTHERS = f"""
SELECT 'extension', extname, 'version', extversion FROM pg_extension
WHERE oid >= {_FIRST}
UNION ALL
SELECT 'schema', nspname, '', '' FROM pg_namespace
WHERE nspname !~ '^pg_' AND {mine("oid", "pg_namespace")}
UNION ALL
SELECT 'statistics', n.nspname || '.' || s.stxname, 'definition',
  pg_get_statisticsobjdef(s.oid)
FROM pg_statistic_ext s JOIN pg_namespace n ON n.oid = s.stxnamespace
UNION ALL
SELECT 'event trigger', e.evtname, 'definition',
  e.evtevent || ' ' || array_to_string(e.evttags, ', ') || ' '
  || e.evtfoid::regproc || ' ' || e.evtenabled::text
FROM pg_event_trigger e WHERE {mine("e.oid", "pg_event_trigger")}
UNION ALL
SELECT 'policy', {named("n.nspname", "c.relname")} || '.' || p.polname,
  'definition', concat_ws(' ', p.polcmd::text, p.polpermissive,
  pg_get_expr(p.polqual, p.polrelid),
  'check ' || pg_get_expr(p.polwithcheck, p.polrelid))
FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
UNION ALL
SELECT 'rule', {named("n.nspname", "c.relname")} || '.' || r.rulename,
  'definition', pg_get_ruledef(r.oid)
FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE r.rulename <> '_RETURN' AND {mine("r.oid", "pg_rewrite")}
"""
QUESTIONS = (
    *(RELATIONS, SEQUENCES, KINDS, COLUMNS, CONSTRAINTS, INDEXES),
    *(TYPES, TRIGGERS, ROUTINES, OTHERS),
)
"""All that is asked in one reading."""

_WRITTEN = (
    *("pg_class", "pg_type", "pg_constraint", "pg_attrdef", "pg_trigger"),
    *("pg_proc", "pg_namespace", "pg_extension", "pg_policy"),
    *("pg_statistic_ext", "pg_rewrite", "pg_event_trigger"),
)
FINGERPRINT = (
    "SELECT concat_ws(' ', "
    + ", ".join(
        f"(SELECT count(*) || ':' || COALESCE(sum(hashtext(xmin::text || "
        f"':' || oid)), 0) FROM {table} WHERE oid >= {_FIRST})"
        for table in _WRITTEN
    )
    + ", "
    + ", ".join(
        f"(SELECT count(*) || ':' || COALESCE(sum(hashtext(xmin::text || "
        f"':' || {key})), 0) FROM {table} WHERE {key} >= {_FIRST})"
        for table, key in (
            ("pg_attribute", "attrelid"),
            ("pg_index", "indexrelid"),
            ("pg_sequence", "seqrelid"),
            ("pg_description", "objoid"),
            ("pg_inherits", "inhrelid"),
            ("pg_enum", "enumtypid"),
            ("pg_depend", "objid"),
        )
    )
    + ")"
)
