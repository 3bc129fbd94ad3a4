"""What is in the database: its tables, what guards them, and the function that appends.

Everything recorded stands in the schema ``ehcp_flow``. The views, which may be dropped at any time,
are each database user's own: the owner's in ``ehcp_flow_views``, those of others in a schema named
after them, so that nobody runs what another one put there. The guards hold for every other program
too: what was recorded is not changed or removed, positions and versions have no gaps. A guard can
be taken off by whoever owns the tables; the chain of digests shows what was done then.
"""

from hashlib import md5

RECORD = "ehcp_flow"
VIEWS = "ehcp_flow_views"
"""The owner's; another user's has the name of the user after it (``views_of``)."""

COMMAND_DONE = "EF001"
CLAIM_TAKEN = "EF002"
VERSION_TAKEN = "EF003"
NO_TENANT = "EF004"
GUARDED = "EF005"
"""SQLSTATEs of our own (PostgreSQL documentation, appendix A: five digits or upper-case letters,
none of whose classes begins with E and F)."""

_THE_RECORD = """
CREATE TABLE ehcp_flow.store (
    one integer PRIMARY KEY CHECK (one = 1),
    claims_key bytea NOT NULL
);

-- Each append updates its tenant's row: room beside it keeps that from touching the index.
CREATE TABLE ehcp_flow.tenants (
    tenant text COLLATE "C" PRIMARY KEY,
    position bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 10);

CREATE TABLE ehcp_flow.events (
    tenant text COLLATE "C" NOT NULL,
    position bigint NOT NULL,
    stream uuid NOT NULL,
    version bigint NOT NULL,
    type text COLLATE "C" NOT NULL,
    state bytea NOT NULL,
    words bytea,
    state_digest bytea NOT NULL,
    digest bytea NOT NULL,
    recorded_at text COLLATE "C" NOT NULL DEFAULT
        to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
    recorded_by text COLLATE "C" NOT NULL DEFAULT session_user,
    PRIMARY KEY (tenant, position),
    UNIQUE (tenant, stream, version)
);

CREATE TABLE ehcp_flow.claims (
    tenant text COLLATE "C" NOT NULL,
    digest bytea NOT NULL,
    kind text COLLATE "C" NOT NULL,
    stream uuid NOT NULL,
    retain_until text COLLATE "C",
    PRIMARY KEY (tenant, digest)
);

CREATE TABLE ehcp_flow.outcomes (
    tenant text COLLATE "C" NOT NULL,
    command text COLLATE "C" NOT NULL,
    code text COLLATE "C" NOT NULL,
    first_position bigint NOT NULL,
    last_position bigint NOT NULL,
    PRIMARY KEY (tenant, command)
);

CREATE TABLE ehcp_flow.tracking (
    tenant text COLLATE "C" NOT NULL,
    follower text COLLATE "C" NOT NULL,
    upstream text COLLATE "C" NOT NULL,
    position bigint NOT NULL,
    PRIMARY KEY (tenant, follower, upstream)
);

CREATE FUNCTION ehcp_flow.events_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was recorded is not changed or removed: record what is so now'
    USING ERRCODE = 'EF005';
END $$;

CREATE TRIGGER events_are_not_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON ehcp_flow.events
FOR EACH STATEMENT EXECUTE FUNCTION ehcp_flow.events_stay();

ALTER TABLE ehcp_flow.events ENABLE ALWAYS TRIGGER events_are_not_changed;

-- Each new row has the one before it in the log and the one before it in its stream; by induction
-- none is missing. In bulk the two are mostly one. After the statement, because a trigger before
-- each row would make COPY insert them one at a time.
-- Its operators are named in full: whoever may insert may also say in which schemas others are
-- looked for, and make an = of their own there.
CREATE FUNCTION ehcp_flow.events_have_no_gaps() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before record;
BEGIN
    SELECT e.stream, e.version INTO before FROM ehcp_flow.events AS e
    WHERE e.tenant OPERATOR(pg_catalog.=) new.tenant
    AND e.position OPERATOR(pg_catalog.=) (new.position OPERATOR(pg_catalog.-) 1::bigint);
    IF FOUND AND before.stream OPERATOR(pg_catalog.=) new.stream
    AND before.version OPERATOR(pg_catalog.=) (new.version OPERATOR(pg_catalog.-) 1::bigint) THEN
        RETURN NULL;
    END IF;
    IF (FOUND OR new.position OPERATOR(pg_catalog.=) 1::bigint) AND (
        new.version OPERATOR(pg_catalog.=) 1::bigint OR EXISTS (
            SELECT FROM ehcp_flow.events AS e
            WHERE e.tenant OPERATOR(pg_catalog.=) new.tenant
            AND e.stream OPERATOR(pg_catalog.=) new.stream
            AND e.version OPERATOR(pg_catalog.=) (new.version OPERATOR(pg_catalog.-) 1::bigint)
            AND e.position OPERATOR(pg_catalog.<) new.position
        ) OR new.version OPERATOR(pg_catalog.=) 0::bigint AND NOT EXISTS (
            SELECT FROM ehcp_flow.events AS e
            WHERE e.tenant OPERATOR(pg_catalog.=) new.tenant
            AND e.stream OPERATOR(pg_catalog.=) new.stream
            AND e.version OPERATOR(pg_catalog.=) 1::bigint
            AND e.position OPERATOR(pg_catalog.<) new.position
        )
    ) THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'an event has the next position, and the next version of its stream'
    USING ERRCODE = 'EF005';
END $$;

CREATE TRIGGER events_have_no_gaps AFTER INSERT ON ehcp_flow.events
FOR EACH ROW EXECUTE FUNCTION ehcp_flow.events_have_no_gaps();

-- The tenant's row is locked first and until the commit, so that whatever concerns one tenant is
-- done one after the other: positions are given in the order of commits, nobody reads a head that
-- is about to move, and two appends cannot wait for each other. Returns the last position taken.
CREATE FUNCTION ehcp_flow.take(
    of_tenant text, events bigint,
    commands text[], codes text[], counts bigint[],
    digests bytea[], kinds text[], holders uuid[], dates text[]
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    last bigint;
    before bigint;
    done record;
    taken record;
BEGIN
    UPDATE ehcp_flow.tenants AS t SET position = t.position + events
    WHERE t.tenant = of_tenant RETURNING t.position INTO last;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no such tenant' USING ERRCODE = 'EF004';
    END IF;
    before := last - events;
    FOR i IN 1 .. cardinality(commands) LOOP
        INSERT INTO ehcp_flow.outcomes VALUES (
            of_tenant, commands[i], codes[i],
            CASE counts[i] WHEN 0 THEN 0 ELSE before + 1 END,
            CASE counts[i] WHEN 0 THEN 0 ELSE before + counts[i] END
        ) ON CONFLICT DO NOTHING;
        IF NOT FOUND THEN
            SELECT o.command, o.code, o.first_position, o.last_position INTO done
            FROM ehcp_flow.outcomes AS o WHERE o.tenant = of_tenant AND o.command = commands[i];
            RAISE EXCEPTION 'carried out before'
            USING ERRCODE = 'EF001', DETAIL = row_to_json(done)::text;
        END IF;
        before := before + counts[i];
    END LOOP;
    IF cardinality(digests) > 0 THEN
        INSERT INTO ehcp_flow.claims
        SELECT of_tenant, asked.* FROM unnest(digests, kinds, holders, dates) AS asked
        ON CONFLICT DO NOTHING;
        SELECT asked.number, c.stream INTO taken
        FROM unnest(digests, holders) WITH ORDINALITY AS asked (digest, holder, number)
        JOIN ehcp_flow.claims AS c ON c.tenant = of_tenant AND c.digest = asked.digest
        WHERE c.stream <> asked.holder ORDER BY asked.number LIMIT 1;
        IF FOUND THEN
            RAISE EXCEPTION 'held by another'
            USING ERRCODE = 'EF002', DETAIL = row_to_json(taken)::text;
        END IF;
    END IF;
    RETURN last;
END $$;

-- Appends in one round trip: the digests of the chain are made here, where the head is.
CREATE FUNCTION ehcp_flow.append(
    of_tenant text,
    streams uuid[], versions bigint[], types text[], states bytea[], texts bytea[],
    commands text[], codes text[], counts bigint[],
    digests bytea[], kinds text[], holders uuid[], dates text[]
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    events integer := cardinality(streams);
    last bigint;
    head record;
    next bigint;
    of_state bytea;
BEGIN
    last := ehcp_flow.take(
        of_tenant, events, commands, codes, counts, digests, kinds, holders, dates
    );
    FOR i IN 1 .. events LOOP
        SELECT e.version, encode(e.digest, 'hex') AS prev INTO head FROM ehcp_flow.events AS e
        WHERE e.tenant = of_tenant AND e.stream = streams[i] ORDER BY e.version DESC LIMIT 1;
        next := coalesce(head.version + 1, greatest(0, least(1, versions[i])));
        IF versions[i] <> next THEN
            RAISE EXCEPTION 'not the next version' USING ERRCODE = 'EF003', DETAIL =
            json_build_object('stream', streams[i], 'offered', versions[i], 'next', next)::text;
        END IF;
        of_state := sha256(states[i]);
        INSERT INTO ehcp_flow.events (
            tenant, position, stream, version, type, state, words, state_digest, digest
        ) VALUES (
            of_tenant, last - events + i, streams[i], versions[i], types[i], states[i], texts[i],
            of_state, sha256('\\x00'::bytea || convert_to(
                '{"prev":"' || coalesce(head.prev, '') ||
                '","state_digest":"' || encode(of_state, 'hex') ||
                '","stream":"' || streams[i]::text ||
                '","type":"' || types[i] || '","version":' || versions[i]::text || '}', 'UTF8'
            ))
        );
    END LOOP;
    RETURN last;
END $$;

INSERT INTO ehcp_flow.store (one, claims_key)
VALUES (1, sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())));

-- Nobody but the owner, until it is granted (granting.py).
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA ehcp_flow FROM PUBLIC;
"""

MIGRATIONS = {"0001 the record": _THE_RECORD}
"""What brings a database to the present form, by name, in order. One that was released is never
changed: what comes later is added."""

_LONGEST = 63
"""Bytes of a name (PostgreSQL documentation, section 4.1.1)."""


def views_of(role: str) -> str:
    """Return the name of the schema that holds the views of a user who is not the owner."""
    name = f"{VIEWS}_{role}"
    if len(name.encode()) <= _LONGEST:
        return name
    return f"{VIEWS}_{md5(role.encode(), usedforsecurity=False).hexdigest()}"
