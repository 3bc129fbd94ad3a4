"""What is in the database: its tables, what guards them, and the function that appends.

Everything recorded stands in the schema ``ehcp_flow``; the views, which may be dropped at any
time, in ``ehcp_flow_views``. The guards hold for every other program too: what was recorded is not
changed or removed, positions and versions have no gaps. A guard can be taken off by whoever owns
the tables; the chain of digests shows what was done then.
"""

RECORD = "ehcp_flow"
VIEWS = "ehcp_flow_views"

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
CREATE FUNCTION ehcp_flow.events_have_no_gaps() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before record;
BEGIN
    SELECT e.stream, e.version INTO before FROM ehcp_flow.events AS e
    WHERE e.tenant = new.tenant AND e.position = new.position - 1;
    IF FOUND AND before.stream = new.stream AND before.version = new.version - 1 THEN
        RETURN NULL;
    END IF;
    IF (FOUND OR new.position = 1) AND (
        new.version = 1 OR EXISTS (
            SELECT FROM ehcp_flow.events AS e
            WHERE e.tenant = new.tenant AND e.stream = new.stream
            AND e.version = new.version - 1 AND e.position < new.position
        ) OR new.version = 0 AND NOT EXISTS (
            SELECT FROM ehcp_flow.events AS e
            WHERE e.tenant = new.tenant AND e.stream = new.stream
            AND e.version = 1 AND e.position < new.position
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

-- Whoever may use the schema of the views may use what is in it, whoever made it.
CREATE FUNCTION ehcp_flow.share(view text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    granted record;
BEGIN
    FOR granted IN
        SELECT DISTINCT pg_get_userbyid(acl.grantee) AS name
        FROM pg_namespace AS n, aclexplode(n.nspacl) AS acl
        WHERE n.nspname = 'ehcp_flow_views' AND acl.grantee <> 0
        AND pg_get_userbyid(acl.grantee) <> current_user
    LOOP
        EXECUTE format('GRANT ALL ON ehcp_flow_views.%I TO %I', view, granted.name);
    END LOOP;
END $$;

-- A view of another form is dropped by whoever finds it, also where another user made it.
CREATE FUNCTION ehcp_flow.drop_view(view text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    EXECUTE format('DROP TABLE IF EXISTS ehcp_flow_views.%I', view);
END $$;

INSERT INTO ehcp_flow.store (one, claims_key)
VALUES (1, sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())));

-- Nobody but the owner, until it is granted (granting.py).
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA ehcp_flow FROM PUBLIC;
"""

MIGRATIONS = {"0001 the record": _THE_RECORD}
"""What brings a database to the present form, by name, in order. One that was released is never
changed: what comes later is added."""
