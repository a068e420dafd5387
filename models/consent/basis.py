"""What a consent rests on and since when, as two columns of its state: the rule asks no ledger.

Whoever moves a state sets both by the two SQL functions of migration 0012, from the row as it was and the entry:

    basis = consent_basis(c.basis, e.state_before, e.state_after, e.method),
    agreed_at = consent_agreed_at(c.agreed_at, c.basis, e.state_before, e.state_after, e.method, e.given_at)

For a number that is first heard of, the columns before are NULL and its state before is 'unknown'. A no leaves
both as they are, so that a START (the only yes with the method "keyword") restores the same consent with the same
age. A second yes on top of a standing one may make it younger and stronger, never older or weaker: what was said
long ago is often recorded late. A sale makes no consent younger, whichever of the two came first.
"""

BASIS = "consent_basis(c.basis, e.state_before, e.state_after, e.method)"
"""The basis of a state `c` after an entry `e` of the ledger."""

AGREED_AT = "consent_agreed_at(c.agreed_at, c.basis, e.state_before, e.state_after, e.method, e.given_at)"
"""When the consent that stands after an entry `e` was given."""
