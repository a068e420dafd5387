-- What an installation that began with version 0001 holds after some weeks with 0009: what 0002 to 0009 brought.

INSERT INTO organizations (id, slug, name, twilio_account_sid, default_region, created_at, auth_token_ref,
                           secondary_auth_token_ref, api_key_sid, api_key_secret_ref) VALUES
('00000000-0000-7000-8000-000000000002', 'acme', 'Acme GmbH', 'ACa2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2', 'DE',
 '2026-03-10 00:00:00+00', 'env:ACME_TOKEN', 'file:/run/secrets/acme', 'SKa2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2',
 'env:ACME_KEY'),
('00000000-0000-7000-8000-000000000003', 'quiet', 'Without an account', NULL, 'GB', '2026-03-11 00:00:00+00', NULL,
 NULL, NULL, NULL);

INSERT INTO senders (id, organization_id, purpose, address, channel, rate, state, state_reason, created_at) VALUES
('00000000-0000-7000-8000-000000000014', '00000000-0000-7000-8000-000000000002', 'transactional',
 '+493023125001', 'whatsapp', 1, 'active', NULL, '2026-03-10 00:00:00+00'),
('00000000-0000-7000-8000-000000000015', '00000000-0000-7000-8000-000000000002', 'transactional',
 '+493023125001', 'sms', 1, 'active', NULL, '2026-03-10 00:00:00+00');

INSERT INTO contacts (organization_id, phone, country, profile_name, geo, created_at, updated_at) VALUES
('00000000-0000-7000-8000-000000000002', '+493023125002', 'DE', 'Jörg 🌻', '{"city": "Berlin", "zip": "10115"}',
 '2026-03-12 00:00:00+00', '2026-03-12 00:00:00+00'),
('00000000-0000-7000-8000-000000000003', '+442079460002', NULL, NULL, '{}', '2026-03-12 00:00:00+00',
 '2026-03-12 00:00:00+00');

INSERT INTO consent_events (organization_id, phone, message_type, topic, channel, state_before, state_after, method,
                            source, message_sid, actor, evidence, given_at, recorded_at) VALUES
('00000000-0000-7000-8000-000000000002', '+493023125002', 'marketing', '', 'sms', 'unknown', 'pending', 'api',
 'checkout', NULL, 'api key tdk_1', '{"ip": "192.0.2.1"}', '2026-03-12 00:00:00+00', '2026-03-12 00:00:00+00'),
('00000000-0000-7000-8000-000000000002', '+493023125002', 'marketing', '', 'whatsapp', 'unknown', 'opted_out',
 'carrier', 'Twilio 63032', NULL, NULL, '{}', '2026-03-12 01:00:00+00', '2026-03-12 01:00:00+00');

INSERT INTO consents (organization_id, phone, message_type, topic, channel, state, event_id, given_at)
SELECT organization_id, phone, message_type, topic, channel, state_after, id, given_at
FROM consent_events WHERE organization_id = '00000000-0000-7000-8000-000000000002';

UPDATE campaigns SET alerts = '{"failure_rate": 0.2, "pause": true}'
WHERE id = '00000000-0000-7000-8000-000000000021';

INSERT INTO campaigns (id, organization_id, name, kind, body, audience, priority, created_at, standing) VALUES
('00000000-0000-7000-8000-000000000023', '00000000-0000-7000-8000-000000000002', 'Direct messages', 'transactional',
 '', '{}', 'high', '2026-03-12 00:00:00+00', true);

INSERT INTO campaign_runs (id, organization_id, campaign_id, occurrence, sender_id, state, planned_at, created_at)
VALUES
('00000000-0000-7000-8000-000000000034', '00000000-0000-7000-8000-000000000002',
 '00000000-0000-7000-8000-000000000023', '00000000-0000-7000-8000-000000000015', '00000000-0000-7000-8000-000000000015',
 'sending', '2026-03-12 00:00:00+00', '2026-03-12 00:00:00+00');

UPDATE conversations SET mode = 'human', mode_until = '2026-03-20 00:00:00+00', mode_reason = 'asked for a person'
WHERE id = '00000000-0000-7000-8000-000000000101';

UPDATE conversations SET mode = 'studio', studio_flow = 'FWa1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1'
WHERE id = '00000000-0000-7000-8000-000000000102';

INSERT INTO conversations (id, organization_id, contact_id, our_address, channel, preview, unread, last_message_at,
                           created_at)
SELECT '00000000-0000-7000-8000-000000000113', organization_id, contact_id, our_address, 'whatsapp', '', 0,
    '2026-03-12 00:00:00+00', '2026-03-12 00:00:00+00'
FROM conversations WHERE id = '00000000-0000-7000-8000-000000000101';

INSERT INTO messages (organization_id, direction, state, phone, country, our_address, channel, message_type, contact_id,
                      sender_id, campaign_run_id, conversation_id, dedupe_key, body, own_body, media, encoding,
                      segments, cause, send_after, send_before, answered_at, created_at, updated_at)
SELECT c.organization_id, 'outbound', 'planned', c.phone, c.country, '+493023125001', 'sms', 'transactional', c.id,
    '00000000-0000-7000-8000-000000000015', '00000000-0000-7000-8000-000000000034', NULL, decode(md5(c.phone), 'hex'),
    'Ihr Paket ist da', true, '[{"url": "https://media.example.org/2"}]', 'gsm7', 1, 'api key tdk_1',
    '2026-03-12 02:00:00+00', '2026-03-13 02:00:00+00', NULL, '2026-03-12 02:00:00+00', '2026-03-12 02:00:00+00'
FROM contacts c WHERE c.phone = '+493023125002';

UPDATE messages SET answered_at = '2026-03-01 02:00:01+00'
WHERE direction = 'inbound' AND id % 2 = 0;

INSERT INTO message_attempts (message_id, claim_id, organization_id, attempt, sender, outcome, error_code, http_status,
                              request_id, claimed_at, answered_at)
SELECT id, '00000000-0000-7000-8000-0000000000c2', organization_id, attempt, 'MGc3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3',
    CASE WHEN id % 2 = 0 THEN 'accepted' ELSE 'transient' END, CASE WHEN id % 2 = 1 THEN 20429 END,
    CASE WHEN id % 2 = 0 THEN 201 ELSE 429 END, 'RQ' || id, created_at, updated_at
FROM messages WHERE twilio_sid IS NOT NULL AND direction = 'outbound';

UPDATE message_events SET account_sid = 'ACa1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1' WHERE id % 2 = 0;

INSERT INTO watches (duty, holder, held_until, called_until) VALUES
('direct sending', '00000000-0000-7000-8000-0000000000d1', '2026-03-12 02:00:30+00', NULL);

INSERT INTO api_keys (id, organization_id, prefix, digest, name, scopes, requests_per_second, created_at, expires_at,
                      revoked_at, last_used_at) VALUES
('00000000-0000-7000-8000-000000000041', '00000000-0000-7000-8000-000000000001', 'tdk_1', '\x00ff', 'shop',
 ARRAY['messages:send', 'contacts:read'], 12.5, '2026-03-01 00:00:00+00', '2027-03-01 00:00:00+00', NULL,
 '2026-03-12 00:00:00+00'),
('00000000-0000-7000-8000-000000000042', '00000000-0000-7000-8000-000000000002', 'tdk_2', '\xff00', '', '{}', NULL,
 '2026-03-01 00:00:00+00', NULL, '2026-03-02 00:00:00+00', NULL);

INSERT INTO api_key_budgets (key_id, free_at)
SELECT id, '2026-03-12 00:00:00+00' FROM api_keys;

INSERT INTO kept_answers (organization_id, key, fingerprint, status, answer, created_at) VALUES
('00000000-0000-7000-8000-000000000001', 'order 17', '\x0102', 202, '{"id": 5, "note": "Zoë"}',
 '2026-03-12 00:00:00+00'),
('00000000-0000-7000-8000-000000000002', 'order 17', '\x0103', NULL, NULL, '2026-03-12 00:00:00+00');

INSERT INTO inbound_media (organization_id, message_id, place, url, declared_type, state, content_type, size, sha256,
                           path, error, tries, next_try_at, delete_asked_at, deleted_at, created_at, updated_at)
SELECT organization_id, id, 0, 'https://media.example.org/' || id, 'image/jpeg', 'stored', 'image/png', 70000,
    repeat('ab', 32), 'default/ab/ab.png', NULL, 1, NULL::timestamptz, '2026-03-12 00:00:00+00'::timestamptz,
    '2026-03-12 00:01:00+00'::timestamptz, '2026-03-01 02:00:00+00'::timestamptz, '2026-03-12 00:01:00+00'::timestamptz
FROM messages WHERE direction = 'inbound'
UNION ALL
SELECT organization_id, id, 1, 'https://media.example.org/x', 'text/html', 'refused', NULL, NULL, NULL, NULL,
    'Its type is not allowed.', 0, '2026-03-13 00:00:00+00', NULL, NULL, '2026-03-01 02:00:00+00',
    '2026-03-01 02:00:00+00'
FROM messages WHERE direction = 'inbound';

INSERT INTO reply_rules (organization_id, source, loaded_at) VALUES
('00000000-0000-7000-8000-000000000001', E'replies:\n  HOURS: We are open from 9 to 5.\n', '2026-03-12 00:00:00+00');

INSERT INTO reply_lookups (message_id, organization_id, word, created_at)
SELECT id, organization_id, 'ORDER', updated_at FROM messages WHERE direction = 'inbound' AND id % 3 = 0;

INSERT INTO studio_starts (organization_id, conversation_id, flow_sid, state, execution_sid, error, tries, next_try_at,
                           created_at)
SELECT organization_id, id, studio_flow, state, NULL, error, 2, next_try_at, '2026-03-12 00:00:00+00'
FROM conversations, (VALUES ('waiting', NULL, '2026-03-12 00:01:00+00'::timestamptz),
                            ('failed', 'There is no such flow.', NULL)) AS s(state, error, next_try_at)
WHERE mode = 'studio';

INSERT INTO surveys (id, organization_id, name, version, source, definition, created_at) VALUES
('00000000-0000-7000-8000-000000000051', '00000000-0000-7000-8000-000000000001', 'feedback', 1, 'name: feedback',
 '{"steps": [{"name": "rating", "ask": "From 1 to 5?"}]}', '2026-03-12 00:00:00+00'),
('00000000-0000-7000-8000-000000000052', '00000000-0000-7000-8000-000000000001', 'feedback', 2, 'name: feedback',
 '{}', '2026-03-12 01:00:00+00');

INSERT INTO survey_runs (id, organization_id, survey_id, conversation_id, contact_id, state, step, tries, started_at,
                         ends_at, remind_at, ended_at)
SELECT ('00000000-0000-7000-8000-00000000020' || s.place)::uuid, v.organization_id,
    '00000000-0000-7000-8000-000000000051', v.id, v.contact_id, s.state, 'rating', 1, '2026-03-12 00:00:00+00',
    '2026-03-13 00:00:00+00', CASE WHEN s.state = 'active' THEN '2026-03-12 12:00:00+00'::timestamptz END,
    CASE WHEN s.state <> 'active' THEN '2026-03-12 06:00:00+00'::timestamptz END
FROM conversations v,
    unnest(ARRAY['active', 'finished', 'gave_up', 'stopped', 'timed_out']) WITH ORDINALITY AS s(state, place)
WHERE v.id = '00000000-0000-7000-8000-000000000103';

INSERT INTO survey_answers (organization_id, run_id, step, outcome, value, message_sid, answered_at)
SELECT organization_id, id, step, CASE WHEN state = 'finished' THEN 'answered' ELSE 'invalid' END,
    CASE WHEN state = 'finished' THEN '5'::jsonb END, 'SM' || left(md5(id::text), 32), started_at
FROM survey_runs;

UPDATE webhook_events SET tries = 3, next_try_at = '2026-03-12 06:00:00+00' WHERE error IS NOT NULL;

INSERT INTO webhook_archives (first_id, last_id, name, planned_at, written_at) VALUES
(1, 100, '2026/02/1-100.jsonl.gz', '2026-03-12 00:00:00+00', '2026-03-12 00:00:01+00'),
(101, 200, '2026/03/101-200.jsonl.gz', '2026-03-12 00:00:00+00', NULL);

INSERT INTO receiver_beats (id, beat_at, up_since) VALUES (1, '2026-03-12 02:00:00+00', '2026-03-11 00:00:00+00');

INSERT INTO inbound_checks (organization_id, complete_until, checked_at)
SELECT id, '2026-03-12 00:00:00+00', '2026-03-12 00:01:00+00' FROM organizations;

INSERT INTO price_checks (organization_id, complete_until)
SELECT id, '2026-03-12 00:00:00+00' FROM organizations;

INSERT INTO status_polls (message_id, looks, looked_at)
SELECT id, 2, '2026-03-12 00:00:00+00' FROM messages WHERE state = 'sent';

INSERT INTO events (organization_id, kind, version, subject, position, created_at)
SELECT organization_id, CASE WHEN id % 2 = 0 THEN 'message.status' ELSE 'message.received' END, 1,
    jsonb_build_object('message_id', id), CASE WHEN id % 5 <> 0 THEN nextval('event_positions') END, updated_at
FROM messages;

INSERT INTO event_streams (organization_id, statuses_until, complete_from)
SELECT id, '2026-03-13 00:00:00+00', 3 FROM organizations;

INSERT INTO event_subscriptions (id, organization_id, target, address, kinds, include_content, secret, state,
                                 state_reason, position, failures, failing_since, resting_until, created_at) VALUES
('00000000-0000-7000-8000-000000000061', '00000000-0000-7000-8000-000000000001', 'webhook',
 'https://example.org/hook', ARRAY['message.status'], true, 'whsec_AAAA', 'active', NULL, 3, 2,
 '2026-03-12 00:00:00+00', '2026-03-12 00:05:00+00', '2026-03-01 00:00:00+00'),
('00000000-0000-7000-8000-000000000062', '00000000-0000-7000-8000-000000000001', 'prefect_deployment',
 'campaign/campaign', '{}', false, 'whsec_BBBB', 'disabled', 'It answered 410.', 0, 0, NULL, NULL,
 '2026-03-01 00:00:00+00');

INSERT INTO event_deliveries (organization_id, subscription_id, event_id, state, attempts, first_tried_at,
                              next_attempt_at, lease_until, http_status, error, created_at, updated_at)
SELECT organization_id, '00000000-0000-7000-8000-000000000061', id,
    (ARRAY['pending', 'delivered', 'given_up'])[1 + id % 3], id % 3,
    CASE WHEN id % 3 > 0 THEN '2026-03-12 00:00:00+00'::timestamptz END, '2026-03-12 00:10:00+00',
    CASE WHEN id % 3 = 0 THEN '2026-03-12 00:11:00+00'::timestamptz END,
    CASE id % 3 WHEN 1 THEN 200 WHEN 2 THEN 503 END, CASE WHEN id % 3 = 2 THEN 'It answered 503.' END,
    '2026-03-12 00:00:00+00', '2026-03-12 00:00:00+00'
FROM events WHERE organization_id = '00000000-0000-7000-8000-000000000001' AND position IS NOT NULL;

INSERT INTO alerts (organization_id, kind, subject_id, sender_id, campaign_run_id, counted, total, threshold,
                    window_seconds, paused, raised_at, seen_at, ended_at, told_at) VALUES
('00000000-0000-7000-8000-000000000001', 'failures', '00000000-0000-7000-8000-000000000031',
 '00000000-0000-7000-8000-000000000011', '00000000-0000-7000-8000-000000000031', 12, 100, 0.1, 600, true,
 '2026-03-12 00:00:00+00', '2026-03-12 00:05:00+00', NULL, NULL),
('00000000-0000-7000-8000-000000000001', 'opt_outs', '00000000-0000-7000-8000-000000000011',
 '00000000-0000-7000-8000-000000000011', NULL, 9, 100, 0.05, 600, false, '2026-03-11 00:00:00+00',
 '2026-03-11 00:05:00+00', '2026-03-11 00:20:00+00', '2026-03-11 00:00:01+00');

UPDATE incidents SET told_at = seen_at WHERE id = (SELECT min(id) FROM incidents);
