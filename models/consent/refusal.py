"""Why a message may not go to its person, as SQL: the one rule that the plan, the claim and the gate ask.

The consent of a message is that of its type on its channel. A no on SMS counts on every other channel too: a STOP
is meant for us, not for one way of reaching people.
"""

CONSENT = """
    LEFT JOIN consents cs
        ON cs.organization_id = m.organization_id AND cs.phone = m.phone
        AND cs.message_type = m.message_type AND cs.topic = '' AND cs.channel = m.channel
"""
"""Joins the consent `cs` of a message `m`; `m` needs organization_id, phone, message_type and channel."""

REFUSAL = """
    CASE WHEN m.channel <> 'sms' AND EXISTS (
            SELECT FROM consents no
            WHERE no.organization_id = m.organization_id AND no.phone = m.phone
                AND no.message_type = m.message_type AND no.topic = '' AND no.channel = 'sms'
                AND no.state = 'opted_out')
        THEN 'opted_out' ELSE consent_refusal(m.message_type, cs.state) END
"""
"""The reason not to send, or NULL, of a message joined with `CONSENT`."""

WHATSAPP_HOURS = 24

WINDOW_CLOSED = f"""
    m.channel = 'whatsapp' AND NOT EXISTS (
        SELECT FROM conversations v
        WHERE v.organization_id = m.organization_id AND v.contact_id = m.contact_id AND v.channel = 'whatsapp'
            AND (v.our_address = m.our_address OR v.our_address LIKE 'MG%')
            AND v.last_inbound_at > CAST(:now AS timestamptz) - make_interval(hours => {WHATSAPP_HOURS}))
"""
"""Whether a free-form message to WhatsApp comes more than 24 hours after the person last wrote there (63016).

See https://www.twilio.com/docs/whatsapp/key-concepts#the-24-hour-window; `m` needs contact_id and our_address. A
WhatsApp sender that belongs to a Messaging Service is written to by way of that.
"""
