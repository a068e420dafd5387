"""A random week of appointments in fast business time, beside a naive oracle of what every person is to get.

    world ──▶ steps ──┬─▶ play (the product) ──▶ what the simulated Twilio was asked for, and when
                      └─▶ life (the oracle)  ──▶ what is to come, to the minute        judge: no difference

The product runs as it does in life: the API and the one who ticks are processes, which are killed, and time is a
clock that this process sets. The oracle reads the rules for itself: it imports nothing of the product.
"""
