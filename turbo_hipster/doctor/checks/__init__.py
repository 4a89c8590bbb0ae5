"""Our own checks: functions that are given a Patient and tell it things."""
