"""The two statements that make appointments and change them, set-wise, from a JSON array of rows."""

from sqlalchemy import text

KIND = "appointment"
"""The kind of one that names none."""

_GIVEN = """
    given AS (
        SELECT r.*, raw ? 'place' AS names_place
        FROM jsonb_array_elements(CAST(:rows AS jsonb)) AS e(raw),
            jsonb_to_record(raw) AS r(external_id text, contact_id bigint, starts_at timestamptz, timezone text,
                                      kind text, place text, attributes jsonb, state text)
    )
"""

ADD = text(f"""
    WITH {_GIVEN}
    INSERT INTO appointments (organization_id, external_id, contact_id, starts_at, timezone, kind, place,
                              attributes, state, stated, created_at, updated_at)
    SELECT :organization_id, external_id, contact_id, starts_at, timezone, COALESCE(kind, '{KIND}'), place,
        jsonb_strip_nulls(COALESCE(attributes, '{{}}')), COALESCE(state, 'booked'),
        CASE WHEN :by_file THEN COALESCE(state, 'booked') END, :now, :now
    FROM given
    WHERE contact_id IS NOT NULL AND starts_at IS NOT NULL AND timezone IS NOT NULL
    ORDER BY external_id
    ON CONFLICT (organization_id, external_id) DO NOTHING
    RETURNING id, external_id, contact_id, starts_at, timezone, kind, state
""")  # noqa: S608 (only the texts above are put in)

# A state that a file only repeats is no news: what the person answered since stays. A new start asks anew.
_STATE = """
    CASE WHEN :by_file THEN
        CASE WHEN moved OR COALESCE(stated, 'booked') <> COALESCE(said, 'booked')
             THEN COALESCE(said, 'booked') ELSE state END
    WHEN said IS NOT NULL THEN said
    WHEN moved AND state IN ('confirmed', 'reschedule_requested') THEN 'booked'
    ELSE state END
"""

# Locked in the order of external ids, as everyone who locks several does.
CHANGE = text(f"""
    WITH {_GIVEN},
    locked AS (
        SELECT a.*, g.contact_id AS new_contact_id, g.starts_at AS new_starts_at, g.timezone AS new_timezone,
            g.kind AS new_kind, g.place AS new_place, names_place, g.attributes AS new_attributes, g.state AS said
        FROM appointments a JOIN given g USING (external_id)
        WHERE a.organization_id = :organization_id AND a.external_id = ANY(ARRAY(SELECT external_id FROM given))
        ORDER BY a.external_id
        FOR NO KEY UPDATE OF a
    ),
    judged AS (
        SELECT *, COALESCE(new_starts_at <> starts_at, false) AS moved FROM locked
    ),
    decided AS (
        SELECT id, external_id, contact_id, starts_at, timezone, kind, place, attributes, state, stated,
            COALESCE(new_contact_id, contact_id) AS to_contact_id,
            COALESCE(new_starts_at, starts_at) AS to_starts_at,
            COALESCE(new_timezone, timezone) AS to_timezone, COALESCE(new_kind, kind) AS to_kind,
            CASE WHEN names_place THEN new_place ELSE place END AS to_place,
            jsonb_strip_nulls(attributes || COALESCE(new_attributes, '{{}}')) AS to_attributes,
            {_STATE} AS to_state, CASE WHEN :by_file THEN COALESCE(said, 'booked') ELSE stated END AS to_stated
        FROM judged
    ),
    written AS (
        UPDATE appointments a
        SET contact_id = to_contact_id, starts_at = to_starts_at, timezone = to_timezone, kind = to_kind,
            place = to_place, attributes = to_attributes, state = to_state, stated = to_stated,
            updated_at = CASE WHEN (d.contact_id, d.starts_at, d.timezone, d.kind, d.place, d.attributes, d.state)
                IS DISTINCT FROM
                (to_contact_id, to_starts_at, to_timezone, to_kind, to_place, to_attributes, to_state)
                THEN :now ELSE a.updated_at END
        FROM decided d
        WHERE a.id = d.id
            AND (d.contact_id, d.starts_at, d.timezone, d.kind, d.place, d.attributes, d.state, d.stated)
                IS DISTINCT FROM
                (to_contact_id, to_starts_at, to_timezone, to_kind, to_place, to_attributes, to_state, to_stated)
    )
    SELECT id, external_id, contact_id, starts_at, timezone, kind, place, state, to_contact_id, to_starts_at,
        to_timezone, to_kind, to_place, to_state, attributes <> to_attributes AS other_attributes
    FROM decided ORDER BY external_id
""")  # noqa: S608 (see above)
