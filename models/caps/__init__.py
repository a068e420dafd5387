"""How often a person is written to, over all campaigns: exactly at the claim, and as a look ahead at the plan."""
