"""The pass "scale": how the time of each step grows with the rows."""
