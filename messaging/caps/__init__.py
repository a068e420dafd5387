"""How often a person may be written to: caps as data, and who is over one."""
