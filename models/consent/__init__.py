"""Who agreed to what, and who said no: the ledger, the state derived from it, and the rule."""
