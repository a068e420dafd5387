"""Which messages count towards a cap, as SQL."""

COUNTED = """
    m.direction = 'outbound' AND m.message_type = 'marketing'
    AND m.state NOT IN ('planned', 'skipped', 'expired', 'canceled', 'failed')
"""
"""Marketing that is on its way, of an unknown end, or with a carrier, delivered or not: of a message `m`.

Twilio's `failed` is a message that no carrier took; one that a carrier took and did not deliver is `undelivered`
(https://www.twilio.com/docs/messaging/guides/outbound-message-status-in-status-callbacks).
"""
