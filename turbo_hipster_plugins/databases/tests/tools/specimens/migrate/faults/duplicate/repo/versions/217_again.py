def upgrade(migrate_engine):
    pass
