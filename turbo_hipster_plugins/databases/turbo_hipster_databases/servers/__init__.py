"""Private servers: started, watched, stopped, and gone without a trace."""
