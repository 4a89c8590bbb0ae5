def upgrade(migrate_engine):
    migrate_engine.execute("INSERT INTO nobody (id) VALUES (1)")
