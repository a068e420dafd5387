"""Random people with random histories: what reaches the simulated Twilio, beside what a naive oracle allows.

    world ──▶ steps ──┬─▶ doors (the product) ──▶ what Twilio took, and the rows
                      └─▶ life (the oracle)   ──▶ what may be sent        compare: no difference

The oracle knows nothing of the product's rules: its tables are its own, and it lives one life at a time.
"""
