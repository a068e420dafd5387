-- What an installation that began with version 0001 holds after some weeks with 0018: what 0010 to 0018 brought.

INSERT INTO organization_policies (organization_id, written, version, actor, updated_at) VALUES
('00000000-0000-7000-8000-000000000001', E'quiet_hours:\n  transactional: true\n', 3, 'cli', '2026-03-15 00:00:00+00'),
('00000000-0000-7000-8000-000000000002', E'caps:\n  week: 3\n', 1, 'api key tdk_2', '2026-03-15 00:00:00+00');

UPDATE alerts SET end_told_at = NULL WHERE id = (SELECT min(id) FROM alerts);

UPDATE campaigns SET topic = 'news', sensitive = false WHERE id = '00000000-0000-7000-8000-000000000021';

UPDATE senders SET asked_rate = 80, throughput = 75, refused_countries = ARRAY['CU', 'IR']
WHERE id = '00000000-0000-7000-8000-000000000011';

INSERT INTO sender_numbers (sender_id, address, organization_id, kind, country, registration, brand, campaign,
                            trust_score, low_volume, quality, daily_people, actor, updated_at) VALUES
('00000000-0000-7000-8000-000000000011', '+12025550190', '00000000-0000-7000-8000-000000000001', 'long_code', 'US',
 'registered', 'BN1', 'CM1', 60, false, NULL, NULL, 'cli', '2026-03-15 00:00:00+00'),
('00000000-0000-7000-8000-000000000014', '+493023125001', '00000000-0000-7000-8000-000000000002', 'whatsapp', NULL,
 'unknown', NULL, NULL, NULL, true, 'medium', 1000, 'cli', '2026-03-15 00:00:00+00');

UPDATE contacts SET postcode = '00999', region = 'US-FL', unreachable_on = ARRAY['sms'] WHERE phone = '+12025550107';

INSERT INTO contact_reach (contact_id, channel, organization_id, code, unreachable_since, reached_at, actor)
SELECT id, 'sms', organization_id, CASE WHEN phone = '+12025550107' THEN 30006 END,
    CASE WHEN phone = '+12025550107' THEN '2026-03-14 00:00:00+00'::timestamptz END,
    CASE WHEN phone <> '+12025550107' THEN '2026-03-14 00:00:00+00'::timestamptz END, 'cli'
FROM contacts WHERE phone IN ('+12025550107', '+12025550108');

INSERT INTO contacts (organization_id, phone, country, first_name, created_at, updated_at) VALUES
('00000000-0000-7000-8000-000000000002', '+493023125021', 'DE', 'Änne', '2026-03-15 00:00:00+00',
 '2026-03-15 00:00:00+00'),
('00000000-0000-7000-8000-000000000002', '+493023125022', 'DE', 'Özgür', '2026-03-15 00:00:00+00',
 '2026-03-15 00:00:00+00');

INSERT INTO consent_events (organization_id, phone, message_type, topic, channel, state_before, state_after, method,
                            source, message_sid, actor, evidence, given_at, recorded_at, action, wording,
                            wording_version, ip, user_agent, proof) VALUES
('00000000-0000-7000-8000-000000000002', '+493023125021', 'marketing', 'news', 'sms', 'unknown', 'opted_in',
 'web_form', 'newsletter', NULL, 'api key tdk_2', '{"row": 7}', '2026-03-15 00:00:00+00', '2026-03-15 00:00:00+00',
 'opt_in', 'Ja, ich möchte Nachrichten.', '2026-01', '192.0.2.7', 'Mozilla/5.0', 'form 17'),
('00000000-0000-7000-8000-000000000002', '+493023125021', 'marketing', 'news', 'sms', 'opted_in', 'opted_out',
 'keyword', 'STOP', 'SM00000000000000000000000000000e21', NULL, '{}', '2026-03-16 00:00:00+00',
 '2026-03-16 00:00:00+00', 'opt_out', NULL, NULL, NULL, NULL, NULL),
('00000000-0000-7000-8000-000000000002', '+493023125022', 'marketing', '', 'sms', 'unknown', 'opted_in',
 'double_opt_in', 'shop', NULL, NULL, '{}', '2026-03-15 00:00:00+00', '2026-03-15 00:00:00+00', 'confirm',
 NULL, NULL, NULL, NULL, NULL);

INSERT INTO consents (organization_id, phone, message_type, topic, channel, state, before_opt_out, event_id, given_at,
                      basis, agreed_at, in_review)
SELECT organization_id, phone, message_type, topic, channel, state_after,
    CASE WHEN state_after = 'opted_out' THEN 'opted_in' END, id, given_at,
    CASE WHEN phone = '+493023125022' THEN 'confirmed' ELSE 'single' END, '2026-03-15 00:00:00+00',
    phone = '+493023125022'
FROM consent_events WHERE phone = '+493023125022' OR (phone = '+493023125021' AND action = 'opt_out');

INSERT INTO ledger_erasures (organization_id, phone_hash, entries, role, transaction, erased_at) VALUES
('00000000-0000-7000-8000-000000000002', '\x0a0b', 4, 'tidings', '17', '2026-03-16 00:00:00+00');

INSERT INTO erasures (id, organization_id, number_hash, actor, why, at_twilio, counts, requested_at, finished_at) VALUES
('00000000-0000-7000-8000-000000000061', '00000000-0000-7000-8000-000000000002', '\x0c0d', 'cli', 'asked by letter',
 true, '{"messages": 12}', '2026-03-16 00:00:00+00', '2026-03-16 00:00:09+00'),
('00000000-0000-7000-8000-000000000062', '00000000-0000-7000-8000-000000000001', '\x0e0f', 'cli', '', false, '{}',
 '2026-03-16 00:00:00+00', NULL);

INSERT INTO suppressions (organization_id, number_hash, key_id, suppressed_at) VALUES
('00000000-0000-7000-8000-000000000002', '\x0c0d', 'k1', '2026-03-16 00:00:00+00');

INSERT INTO retention_marks (organization_id, messages_to) VALUES
('00000000-0000-7000-8000-000000000001', 50);

INSERT INTO retention_passed_over (message_id, organization_id)
SELECT min(id), organization_id FROM messages WHERE direction = 'inbound' GROUP BY organization_id;

INSERT INTO consent_reviews (organization_id, phone, contact_id, conversation_id, message_id, why, state, opened_at,
                             decided_at, decided_by)
SELECT m.organization_id, m.phone, m.contact_id, m.conversation_id, m.id, 'perhaps a no', s.state,
    '2026-03-16 00:00:00+00', CASE WHEN s.state <> 'open' THEN '2026-03-17 00:00:00+00'::timestamptz END,
    CASE WHEN s.state <> 'open' THEN 'cli' END
FROM (SELECT * FROM messages WHERE direction = 'inbound' ORDER BY id LIMIT 1) m,
    (VALUES ('open'), ('kept'), ('opted_out')) AS s(state);

UPDATE messages SET traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', topic = 'news',
    held_for = 'quiet_hours', attempted_at = '2026-03-12 03:00:00+00', allowed_until = '2026-03-12 20:00:00+00'
WHERE direction = 'outbound' AND state = 'planned' AND own_body;

INSERT INTO messages (organization_id, direction, state, phone, country, our_address, channel, message_type, contact_id,
                      sender_id, campaign_run_id, dedupe_key, body, own_body, sensitive, secret_body, encoding, segments,
                      send_after, send_before, created_at, updated_at)
SELECT c.organization_id, 'outbound', 'planned', c.phone, c.country, '+493023125001', 'sms', 'transactional', c.id,
    '00000000-0000-7000-8000-000000000015', '00000000-0000-7000-8000-000000000034', decode(md5(c.phone), 'hex'),
    '(kept secret)', true, true, 'Ihr Code: 123456', 'gsm7', 1, '2026-03-16 02:00:00+00', '2026-03-17 02:00:00+00',
    '2026-03-16 02:00:00+00', '2026-03-16 02:00:00+00'
FROM contacts c WHERE c.phone = '+493023125022';

INSERT INTO appointments (organization_id, external_id, contact_id, starts_at, timezone, kind, place, attributes, state,
                          stated, created_at, updated_at)
SELECT c.organization_id, 'A-' || s.place, c.id, '2026-03-29 07:00:00+00'::timestamptz + s.place * interval '1 day',
    'Europe/Berlin', 'checkup', CASE WHEN s.place % 2 = 0 THEN 'Praxis Mitte' END, '{"doctor": "Dr. Łuk"}', s.state,
    CASE WHEN s.place > 2 THEN s.state END, '2026-03-16 00:00:00+00', '2026-03-17 00:00:00+00'
FROM contacts c,
    unnest(ARRAY['booked', 'confirmed', 'reschedule_requested', 'canceled', 'done', 'missed'])
        WITH ORDINALITY AS s(state, place)
WHERE c.phone = '+493023125021';

INSERT INTO appointment_events (organization_id, appointment_id, what, actor, message_id, detail, at)
SELECT organization_id, id, 'new', 'cli', NULL, '{"kind": "checkup"}'::jsonb, created_at FROM appointments
UNION ALL
SELECT a.organization_id, a.id, 'confirmed', 'person', m.id, '{"from": "booked"}', a.updated_at
FROM appointments a, (SELECT min(id) AS id FROM messages WHERE direction = 'inbound') m WHERE a.state = 'confirmed';

INSERT INTO appointment_files (organization_id, content_hash, name, outcome, read_at) VALUES
('00000000-0000-7000-8000-000000000002', '\x1a2b', 'termine März.csv', 'done', '2026-03-16 00:00:00+00');
