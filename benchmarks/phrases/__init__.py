"""How well refusals in plain language are recognised, on phrases that were written and labelled for it.

`seen.csv` was looked at while the matcher was built; `held_out.csv` was written after it was done, and is not.
"""
