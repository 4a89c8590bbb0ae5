def upgrade(migrate_engine):
    migrate_engine.execute("INSERT INTO people (id, name) VALUES (1, 'Ada')")
    migrate_engine.execute("CREATE INDEX ix_name ON people (name)")
