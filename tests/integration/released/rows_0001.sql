-- What an installation of version 0001 holds after some months: every table, every state, blanks and odd letters.

INSERT INTO organizations (id, slug, name, twilio_account_sid, default_region, created_at) VALUES
('00000000-0000-7000-8000-000000000001', 'default', 'Default organization', 'ACa1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1', 'US',
 '2026-01-02 03:04:05+00');

INSERT INTO senders (id, organization_id, purpose, address, channel, rate, state, state_reason, created_at) VALUES
('00000000-0000-7000-8000-000000000011', '00000000-0000-7000-8000-000000000001', 'marketing',
 'MGc3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3', 'sms', 10, 'active', NULL, '2026-01-02 03:04:05+00'),
('00000000-0000-7000-8000-000000000012', '00000000-0000-7000-8000-000000000001', 'transactional',
 'MGb2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2', 'sms', 12.5, 'paused', 'The Messaging Service is unknown.',
 '2026-01-02 03:04:05+00'),
('00000000-0000-7000-8000-000000000013', '00000000-0000-7000-8000-000000000001', 'marketing',
 'MGd4d4d4d4d4d4d4d4d4d4d4d4d4d4d4d4', 'sms', 1, 'retired', 'replaced in the settings', '2025-12-31 23:59:59+00');

INSERT INTO contacts (organization_id, phone, first_name, last_name, email, country, locale, timezone, tags,
                      attributes, created_at, updated_at)
SELECT '00000000-0000-7000-8000-000000000001', '+1202555' || to_char(100 + n, 'FM0000'),
    CASE WHEN n % 7 = 0 THEN NULL ELSE 'Zoë ' || n END, CASE WHEN n % 5 = 0 THEN NULL ELSE 'Łuk' END,
    CASE WHEN n % 3 = 0 THEN 'p' || n || '@example.org' END, CASE WHEN n % 11 = 0 THEN NULL ELSE 'US' END,
    CASE WHEN n % 2 = 0 THEN 'en-US' END, CASE WHEN n % 2 = 0 THEN 'America/New_York' END,
    CASE WHEN n % 4 = 0 THEN ARRAY['vip', 'a;b'] ELSE '{}' END,
    CASE WHEN n % 6 = 0 THEN '{"plan": "gold", "seats": "3"}' ELSE '{}' END::jsonb,
    '2026-02-01 00:00:00+00', '2026-02-01 00:00:00+00'::timestamptz + n * interval '1 hour'
FROM generate_series(0, 99) n;

INSERT INTO consent_events (organization_id, phone, message_type, topic, channel, state_before, state_after, method,
                            source, message_sid, actor, evidence, given_at, recorded_at)
SELECT organization_id, phone, 'marketing', '', 'sms', 'unknown',
    CASE WHEN id % 10 = 0 THEN 'opted_out' ELSE 'opted_in' END,
    CASE WHEN id % 10 = 0 THEN 'sms_keyword' ELSE 'web_form' END, 'newsletter form',
    CASE WHEN id % 10 = 0 THEN 'SM' || lpad(to_hex(id + 5000), 32, '0') END, NULL,
    '{"row": 7}', '2026-02-02 00:00:00+00', '2026-02-02 00:00:01+00'
FROM contacts WHERE id % 3 <> 0 OR id % 10 = 0;

INSERT INTO consents (organization_id, phone, message_type, topic, channel, state, before_opt_out, opt_out_method,
                      event_id, given_at)
SELECT organization_id, phone, message_type, topic, channel, state_after,
    CASE WHEN state_after = 'opted_out' THEN 'opted_in' END,
    CASE WHEN state_after = 'opted_out' THEN 'sms_keyword' END, id, given_at
FROM consent_events;

INSERT INTO campaigns (id, organization_id, name, kind, body, audience, rate, priority, send_at, send_before,
                       created_at) VALUES
('00000000-0000-7000-8000-000000000021', '00000000-0000-7000-8000-000000000001', 'Sale', 'marketing',
 'Hi {{ first_name }}', '{"tags": ["vip"]}', 5, 'normal', NULL, NULL, '2026-03-01 00:00:00+00'),
('00000000-0000-7000-8000-000000000022', '00000000-0000-7000-8000-000000000001', 'Sale', 'transactional',
 'Your order {{ attributes.plan }}', '{}', NULL, 'urgent', '2026-03-02 00:00:00+00', '2026-03-09 00:00:00+00',
 '2026-03-01 00:00:00+00');

INSERT INTO campaign_runs (id, organization_id, campaign_id, occurrence, sender_id, state, state_reason, planned_at,
                           send_before, tended_until, finished_at, created_at) VALUES
('00000000-0000-7000-8000-000000000031', '00000000-0000-7000-8000-000000000001',
 '00000000-0000-7000-8000-000000000021', 'once', '00000000-0000-7000-8000-000000000011', 'sending', NULL,
 '2026-03-01 01:00:00+00', '2026-03-03 00:00:00+00', '2026-03-01 01:05:00+00', NULL, '2026-03-01 00:59:00+00'),
('00000000-0000-7000-8000-000000000032', '00000000-0000-7000-8000-000000000001',
 '00000000-0000-7000-8000-000000000021', '2026-02', '00000000-0000-7000-8000-000000000013', 'finished', NULL,
 '2026-02-01 01:00:00+00', NULL, NULL, '2026-02-01 02:00:00+00', '2026-02-01 00:59:00+00'),
('00000000-0000-7000-8000-000000000033', '00000000-0000-7000-8000-000000000001',
 '00000000-0000-7000-8000-000000000022', 'once', '00000000-0000-7000-8000-000000000012', 'paused',
 'The Messaging Service is unknown.', NULL, NULL, NULL, NULL, '2026-03-02 00:00:00+00');

INSERT INTO campaign_events (campaign_run_id, at, what, why, actor, detail) VALUES
('00000000-0000-7000-8000-000000000031', '2026-03-01 00:59:00+00', 'scheduled', NULL, 'person', '{}'),
('00000000-0000-7000-8000-000000000031', '2026-03-01 01:00:00+00', 'planned', NULL, 'system', '{"people": 100}'),
('00000000-0000-7000-8000-000000000033', '2026-03-02 00:00:00+00', 'paused', 'unknown service', 'twilio',
 '{"code": 21705}');

INSERT INTO conversations (id, organization_id, contact_id, our_address, channel, preview, unread, last_inbound_at,
                           last_message_at, created_at)
SELECT ('00000000-0000-7000-8000-0000000001' || to_char(id % 100, 'FM00'))::uuid, organization_id, id,
    CASE WHEN id % 4 = 0 THEN '+12025550199' ELSE 'MGc3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3' END,
    CASE WHEN id % 4 = 0 THEN 'whatsapp' ELSE 'sms' END, 'Thanks! 👍', id % 3, '2026-03-01 02:00:00+00',
    '2026-03-01 02:00:00+00', '2026-03-01 02:00:00+00'
FROM contacts WHERE id <= 12;

INSERT INTO messages (organization_id, direction, state, phone, country, our_address, channel, message_type,
                      contact_id, sender_id, campaign_run_id, dedupe_key, body, encoding, segments, send_after,
                      send_before, claim_id, claimed_at, lease_until, attempt, tries, twilio_sid, account_sid,
                      http_status, request_id, skip_reason, failed_at, error_code, price, price_unit, created_at,
                      updated_at)
SELECT c.organization_id, 'outbound', s.state, c.phone, c.country, NULL, 'sms', 'marketing', c.id,
    '00000000-0000-7000-8000-000000000011', '00000000-0000-7000-8000-000000000031',
    decode(md5(c.phone || s.state), 'hex'),
    CASE WHEN s.state >= 'claimed' AND s.state NOT IN ('skipped', 'expired') THEN 'Hi Zoë' END,
    CASE WHEN s.state >= 'accepted' THEN 'gsm7' END, CASE WHEN s.state >= 'accepted' THEN 1 END,
    '2026-03-01 01:00:00+00', '2026-03-03 00:00:00+00',
    CASE WHEN s.state IN ('claimed', 'unknown') THEN '00000000-0000-7000-8000-0000000000c1'::uuid END,
    CASE WHEN s.state IN ('claimed', 'unknown') THEN '2026-03-01 01:01:00+00'::timestamptz END,
    CASE WHEN s.state = 'claimed' THEN '2026-03-01 01:02:00+00'::timestamptz END,
    1 + c.id % 2, c.id % 3,
    CASE WHEN s.state >= 'accepted' THEN 'SM' || lpad(to_hex(c.id * 100 + s.place), 32, '0') END,
    CASE WHEN s.state >= 'accepted' THEN 'ACa1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1' END,
    CASE WHEN s.state >= 'accepted' THEN 201 END, CASE WHEN s.state >= 'accepted' THEN 'RQ1' END,
    CASE WHEN s.state = 'skipped' THEN 'no_consent' END,
    CASE WHEN s.state IN ('failed', 'undelivered') THEN 'delivery' END,
    CASE WHEN s.state IN ('failed', 'undelivered') THEN 30003 END,
    CASE WHEN s.state = 'delivered' THEN -0.0079 END, CASE WHEN s.state = 'delivered' THEN 'USD' END,
    '2026-03-01 01:00:00+00', '2026-03-01 01:10:00+00'
FROM contacts c CROSS JOIN unnest(enum_range(NULL::message_state)) WITH ORDINALITY s(state, place)
WHERE s.state NOT IN ('receiving', 'received') AND c.id <= 20;

INSERT INTO messages (organization_id, direction, state, phone, our_address, channel, contact_id, conversation_id, body,
                      media, twilio_sid, account_sid, created_at, updated_at)
SELECT v.organization_id, 'inbound', 'received', c.phone, v.our_address, v.channel, c.id, v.id, 'Danke schön',
    CASE WHEN c.id = 4 THEN '[{"url": "https://media.example.org/1", "content_type": "image/jpeg"}]'::jsonb END,
    'SM' || lpad(to_hex(900000 + c.id), 32, '0'), 'ACa1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1',
    '2026-03-01 02:00:00+00', '2026-03-01 02:00:00+00'
FROM conversations v JOIN contacts c ON c.id = v.contact_id;

INSERT INTO message_events (message_id, twilio_sid, status, error_code, received_at)
SELECT id, twilio_sid, state::text, error_code, updated_at FROM messages
WHERE direction = 'outbound' AND twilio_sid IS NOT NULL
UNION ALL
SELECT NULL, 'SM' || repeat('f', 32), 'sent', NULL, '2026-03-01 01:03:00+00';

INSERT INTO settlements (message_id, claim_id, verdict, evidence, looked_at, look_again_at, decided_by)
SELECT id, claim_id, CASE WHEN id % 2 = 0 THEN 'review' ELSE 'waiting' END, '[{"sid": "SM1", "body": "Hi"}]',
    '2026-03-01 01:05:00+00', '2026-03-01 01:07:00+00', 'settler'
FROM messages WHERE state = 'unknown';

INSERT INTO country_pauses (sender_id, country, reason, paused_at) VALUES
('00000000-0000-7000-8000-000000000011', 'GB', 'Permission to send is not enabled.', '2026-03-01 01:04:00+00');

INSERT INTO webhook_events (kind, dedupe_key, organization_id, account_sid, query, payload, answer, error, received_at,
                            processed_at)
SELECT 'status', 'status:' || twilio_sid || ':' || state, organization_id, account_sid, 'm=' || id || '&a=1',
    jsonb_build_array(jsonb_build_array('MessageSid', twilio_sid), jsonb_build_array('MessageStatus', state)),
    '', NULL, updated_at, updated_at
FROM messages WHERE direction = 'outbound' AND twilio_sid IS NOT NULL
UNION ALL
SELECT 'inbound', 'inbound:' || twilio_sid, organization_id, account_sid, '',
    jsonb_build_array(jsonb_build_array('MessageSid', twilio_sid), jsonb_build_array('Body', body)),
    CASE WHEN id % 2 = 0 THEN '<Response/>' END, CASE WHEN id % 2 = 1 THEN 'DataError 22P05' END, updated_at,
    CASE WHEN id % 2 = 0 THEN updated_at END
FROM messages WHERE direction = 'inbound';

INSERT INTO budgets (key, rate, free_at, share, slowed_at, closed_until, urgent_until) VALUES
('sender:00000000-0000-7000-8000-000000000011', 10, '2026-03-01 01:10:00+00', 0.5, '2026-03-01 01:09:00+00', NULL,
 '2026-03-01 01:09:30+00'),
('run:00000000-0000-7000-8000-000000000031', 5, '2026-03-01 01:10:00+00', 1, NULL, '2026-03-02 00:00:00+00', NULL);

INSERT INTO incidents (organization_id, kind, message_id, campaign_run_id, detail, seen_at)
SELECT organization_id, 'second_sid', id, campaign_run_id, '{"twilio_sid": "SM2"}', '2026-03-01 01:11:00+00'
FROM messages WHERE state = 'delivered' ORDER BY id LIMIT 2;
