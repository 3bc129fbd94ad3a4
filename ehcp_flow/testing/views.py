"""Are views kept, and may they be written, read and set apart with one kind of SQL?

The SQL is what SQLite and PostgreSQL both speak; the columns are text, integer and bigint.
"""

from collections.abc import Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier
from time import monotonic, sleep
from typing import Any

from ehcp_flow.storage import Tables, ViewWriter
from ehcp_flow.testing.case import SOON, Promises
from ehcp_flow.testing.logs import OTHER_TENANT, TENANT
from ehcp_flow.testing.processes import hear, process, tell

_THINGS = """
CREATE TABLE IF NOT EXISTS things (
    tenant text NOT NULL,
    name text NOT NULL,
    note text,
    number integer,
    large bigint,
    PRIMARY KEY (tenant, name)
)
"""
_NAMED = "CREATE INDEX IF NOT EXISTS things_by_number ON things (tenant, number)"
_APART = Tables(TENANT, ("things",), (_THINGS, _NAMED))
_NAMES = "SELECT name FROM things WHERE tenant = ? ORDER BY name"
_INSERT = "INSERT INTO things (tenant, name) VALUES (?, ?)"

_AT_ONCE = 5.0
"""Seconds in which nobody waits for another who is writing."""


class _WhatWentWrong(Exception):
    """Raised in the middle of writing."""


class ViewPromises(Promises):
    """Views are written whole or not at all, set apart, and read with one kind of SQL."""

    @contextmanager
    def _writing(self, tenant: str = TENANT) -> Generator[ViewWriter]:
        """Write the views of a store that nobody else is writing to."""
        self.log.head()
        with self.store.views.writing(tenant) as writer:
            assert writer is not None
            writer.execute(_THINGS)
            writer.execute(_NAMED)
            yield writer

    def _names(self, tenant: str = TENANT) -> list[str]:
        return [name for (name,) in self.store.views.query(_NAMES, (tenant,))]

    def _kept(self, *names: str, tenant: str = TENANT) -> None:
        """Have a table with these things in it."""
        with self._writing(tenant) as writer:
            writer.many(_INSERT, [(tenant, name) for name in names])

    # Transactions

    def test_what_was_written_to_the_views_is_there_afterwards(self) -> None:
        """For whoever asks, also when the store was opened anew."""
        self._kept("a", "b")
        self.assertEqual(self._names(), ["a", "b"])
        self._kept("c")
        self.assertEqual(self._names(), ["a", "b", "c"])
        self.assertEqual(self.store.views.query("SELECT count(*) FROM things"), [(3,)])

        other = self.opened(self.url)
        self.assertEqual(other.views.query(_NAMES, (TENANT,)), [("a",), ("b",), ("c",)])

    def test_what_fails_in_the_views_is_undone(self) -> None:
        """Rows, and tables that were made meanwhile; the error is told as it is."""
        self._kept("a")

        def write() -> None:
            with self._writing() as writer:
                writer.execute(_INSERT, (TENANT, "b"))
                writer.execute("UPDATE things SET note = 'changed'")
                writer.execute("CREATE TABLE others (tenant text NOT NULL)")
                self.assertEqual(writer.execute("SELECT count(*) FROM things"), [(2,)])
                raise _WhatWentWrong

        for _ in range(2):
            with self.assertRaises(_WhatWentWrong):
                write()
            self.assertEqual(self.store.views.query("SELECT name, note FROM things"), [("a", None)])
            with self.assertRaises(LookupError):
                self.store.views.query("SELECT * FROM others")

    def test_who_writes_views_reads_what_was_just_written(self) -> None:
        """Before the others, who read what was there and do not wait."""
        self._kept("a")
        with self._writing() as writer:
            writer.execute(_INSERT, (TENANT, "b"))
            self.assertEqual(writer.execute(_NAMES, (TENANT,)), [("a",), ("b",)])
            self.assertEqual(self._names(), ["a"])
        self.assertEqual(self._names(), ["a", "b"])

    def test_nobody_waits_for_another_process_that_writes_views(self) -> None:
        """Whoever wants to write is told so at once, and reads what was there."""
        self._kept("a")
        with process("views", self.url, TENANT) as other:
            self.assertEqual(hear(other), "ready")
            tell(other)
            self.assertEqual(hear(other), "writing")
            began = monotonic()
            with self.store.views.writing(TENANT) as writer:
                self.assertIsNone(writer)
            self.assertEqual(self._names(), ["a"])
            with self.store.views.apart(_APART) as copy:
                self.assertEqual(copy.execute(_NAMES, (TENANT,)), [("a",)])
            with self.assertRaises(LookupError):
                self.store.views.query("SELECT * FROM theirs")
            self.assertLess(monotonic() - began, _AT_ONCE)
            tell(other)
            self.assertEqual(hear(other), "written")
            self.assertEqual(
                self.store.views.query("SELECT count(*), max(a) FROM theirs"), [(20_000, 19_999)]
            )
            self._kept("b")
            self.assertEqual(self._names(), ["a", "b"])
            tell(other)
            self.assertEqual(hear(other), "")

    def test_another_process_does_not_wait_for_one_that_writes_views(self) -> None:
        """It is told so as well."""
        with process("views", self.url, TENANT) as other, self._writing():
            self.assertEqual(hear(other), "ready")
            tell(other)
            self.assertEqual(hear(other), "refused")
        with self.assertRaises(LookupError):
            self.store.views.query("SELECT * FROM theirs")

    def test_of_what_several_threads_write_to_the_views_nothing_is_lost(self) -> None:
        """Each of them writes in its turn, or is told that it cannot and tries again."""
        with self._writing() as writer:
            writer.execute(
                "INSERT INTO things (tenant, name, number) VALUES (?, 'n', 0)", (TENANT,)
            )
        together = Barrier(6)

        def count() -> None:
            with self.store.views.writing(TENANT) as writer:
                if writer is not None:
                    ((number,),) = writer.execute("SELECT number FROM things")
                    writer.execute("UPDATE things SET number = ?", (number + 1,))
                    return
            sleep(0.001)
            count()

        def count_often(_: int) -> None:
            together.wait(SOON)
            for _ in range(5):
                count()

        with ThreadPoolExecutor(6) as pool:
            list(pool.map(count_often, range(6)))
        self.assertEqual(self.store.views.query("SELECT number FROM things"), [(30,)])

    # Apart

    def test_a_private_place_holds_what_was_asked_for(self) -> None:
        """As it was at that moment; what is changed there nobody else sees, and it is gone then."""
        self._kept("a", "b")
        with self.store.views.apart(_APART) as copy:
            self.assertEqual(copy.execute(_NAMES, (TENANT,)), [("a",), ("b",)])
            self._kept("later")
            copy.execute("DELETE FROM things WHERE tenant = ? AND name = 'a'", (TENANT,))
            copy.many(_INSERT, [(TENANT, f"c{n}") for n in range(1_000)])
            self.assertEqual(
                copy.execute("SELECT count(*) FROM things WHERE tenant = ?", (TENANT,)), [(1_001,)]
            )
            self.assertEqual(self._names(), ["a", "b", "later"])
            with self.store.views.apart(_APART) as another:
                self.assertEqual(another.execute(_NAMES, (TENANT,)), [("a",), ("b",), ("later",)])
        self.assertEqual(self._names(), ["a", "b", "later"])

    def test_a_private_place_holds_every_value(self) -> None:
        """Copied as it is."""
        rows = [(TENANT, f"{n:02}", *row) for n, row in enumerate(_VALUES)]
        with self._writing() as writer:
            writer.many("INSERT INTO things VALUES (?, ?, ?, ?, ?)", rows)
        with self.store.views.apart(_APART) as copy:
            self.same(
                copy.execute("SELECT * FROM things WHERE tenant = ? ORDER BY name", (TENANT,)),
                rows,
            )

    def test_a_private_place_of_what_is_not_there_is_empty(self) -> None:
        """Whoever needs the tables makes them, there."""
        self.log.head()
        for there in (False, True):
            with self.subTest(views=there), self.store.views.apart(_APART) as copy:
                copy.execute(_THINGS)
                self.assertEqual(copy.execute(_NAMES, (TENANT,)), [])
                copy.execute(_INSERT, (TENANT, "x"))
                self.assertEqual(copy.execute(_NAMES, (TENANT,)), [("x",)])
            with self.assertRaises(LookupError):
                self._names()
            with self.store.views.writing(TENANT) as writer:
                assert writer is not None
                writer.execute("CREATE TABLE IF NOT EXISTS others (tenant text NOT NULL)")

    def test_a_private_place_without_tables_is_empty(self) -> None:
        """Whatever there is outside, a table of the same name can be made."""
        self._kept("a")
        with self.store.views.apart() as place:
            place.execute("CREATE TABLE things (tenant text NOT NULL, other bigint)")
            place.execute(_NAMED.replace("number", "other"))
            place.execute("INSERT INTO things VALUES (?, 7)", (TENANT,))
            self.assertEqual(place.execute("SELECT * FROM things"), [(TENANT, 7)])
            self.assertEqual(self._names(), ["a"])
            self._kept("b")
        self.assertEqual(self._names(), ["a", "b"])

    def test_a_private_place_is_given_up_when_something_fails(self) -> None:
        """The error is told as it is."""
        self._kept("a")

        def work() -> None:
            with self.store.views.apart(_APART) as copy:
                copy.execute(_INSERT, (TENANT, "b"))
                raise _WhatWentWrong

        with self.assertRaises(_WhatWentWrong):
            work()
        self.assertEqual(self._names(), ["a"])

    # Reading

    def test_a_table_that_is_not_there_is_said_so(self) -> None:
        """Before there are any views, and beside those that there are."""
        self.log.head()
        for _ in range(2):
            with self.assertRaises(LookupError):
                self.store.views.query("SELECT * FROM nowhere WHERE tenant = ?", (TENANT,))
            self._kept()

    def test_views_of_tenants_are_told_apart(self) -> None:
        """By the column that each table has."""
        self._kept("a", "b")
        self._kept("b", "c", tenant=OTHER_TENANT)
        self.assertEqual((self._names(), self._names(OTHER_TENANT)), (["a", "b"], ["b", "c"]))
        with self.store.views.apart(_APART) as copy:
            self.assertEqual(copy.execute(_NAMES, (TENANT,)), [("a",), ("b",)])

    def test_text_stands_in_the_order_of_its_code_points(self) -> None:
        """Whatever the language of the place: sorted, compared, and sought for."""
        names = ["", " b", "-a", "10", "9", "B", "Z", "a", "a b", "a-c", "aa", "b", "É", "é", "日"]
        names += ["\ufffd", "\U0001f600"]
        self.assertEqual(names, sorted(names))
        self._kept(*reversed(names))
        asked: list[tuple[str, Sequence[object], list[str]]] = [
            (_NAMES, (TENANT,), names),
            ("SELECT name FROM things ORDER BY name DESC LIMIT 2", (), names[:-3:-1]),
            ("SELECT min(name) FROM things WHERE name > ?", ("Z",), ["a"]),
            ("SELECT max(name) FROM things WHERE name < ?", ("É",), ["b"]),
            ("SELECT name FROM things WHERE name BETWEEN 'Z' AND 'a'", (), ["Z", "a"]),
        ]
        for sql, values, expected in asked:
            if "BETWEEN" in sql:
                sql += " ORDER BY name"
            with self.subTest(sql=sql):
                told = [(name,) for name in expected]
                self.same(self.store.views.query(sql, values), told)
                with self._writing() as writer:
                    self.same(writer.execute(sql, values), told)
                with self.store.views.apart(_APART) as copy:
                    self.same(copy.execute(sql, values), told)

    def test_values_come_back_from_the_views_as_they_were(self) -> None:
        """None, numbers of either sign and any size, and any text."""
        rows = [(TENANT, f"{n:02}", *row) for n, row in enumerate(_VALUES)]
        with self._writing() as writer:
            for row in rows[:3]:
                writer.execute("INSERT INTO things VALUES (?, ?, ?, ?, ?)", row)
            writer.many("INSERT INTO things VALUES (?, ?, ?, ?, ?)", iter(rows[3:]))
            writer.many("INSERT INTO things VALUES (?, ?, ?, ?, ?)", [])
        query = self.store.views.query
        self.same(query("SELECT * FROM things ORDER BY name"), rows)
        for row in query("SELECT note, number, large FROM things ORDER BY name"):
            self.assertTrue(all(type(part) in (str, int, type(None)) for part in row), row)
        for _, name, note, *_ in rows:
            if note is not None:
                self.assertIn((name,), query("SELECT name FROM things WHERE note = ?", (note,)))

    def test_many_rows_take_the_place_of_those_with_their_keys(self) -> None:
        """One after the other, where the same key comes twice; or the first of them stays."""
        rows = [(TENANT, f"{n:02}", *row) for n, row in enumerate(_VALUES)]
        columns = "tenant, name, note, number, large"
        put = f"INSERT INTO things ({columns}) VALUES (?, ?, ?, ?, ?) ON CONFLICT (tenant, name)"
        replaced = f"{put} DO UPDATE SET note = excluded.note, number = excluded.number,"
        replaced = f"{replaced} large = excluded.large"
        self._kept("00", "01", "02")
        with self._writing() as writer:
            writer.many(replaced, iter(rows))
            writer.many(replaced, [])
        self.same(self.store.views.query(f"SELECT {columns} FROM things ORDER BY name"), rows)

        with self._writing() as writer:
            writer.many(f"{put} DO NOTHING", [(TENANT, "00", "x", 5, 5), (TENANT, "new", "", 5, 5)])
            writer.many(_UPDATED, [(TENANT, "new", n) for n in (10, 20, 30)])
            writer.many(_UPDATED, [(TENANT, f"many {n:04}", n) for n in range(5_000)])
            writer.many(_UPDATED, [(TENANT, f"many {n:04}", 1) for n in range(5_000)])
        query = self.store.views.query
        found = query("SELECT note, number FROM things WHERE name IN ('00', 'new') ORDER BY name")
        self.same(found, [(None, None), ("", 65)])
        found = query("SELECT number FROM things WHERE name LIKE 'many %' ORDER BY name")
        self.same(found, [(n + 1,) for n in range(5_000)])

    def test_many_values_are_given_at_once(self) -> None:
        """As many as a page of what is sought for has."""
        names = [f"{n:04}" for n in range(500)]
        self._kept(*names)
        places = ", ".join("?" * len(names))
        sql = f"SELECT name FROM things WHERE tenant = ? AND name IN ({places}) ORDER BY name"
        self.same(self.store.views.query(sql, (TENANT, *names)), [(name,) for name in names])

    def test_the_sql_of_the_views(self) -> None:
        """What the views are written with."""
        with self._writing() as writer:
            for sql, values, expected in _SQL:
                with self.subTest(sql=sql):
                    self.same(writer.execute(sql, values), expected)


_VALUES: list[tuple[Any, ...]] = [
    (None, None, None),
    ("", 0, 0),
    ("it's \"so\"; -- '' %", -1, -1),
    ("%s %(a)s %% ? ?? :a $1 \\ \\' \\n", 2**31 - 1, 2**62),
    ("two\nlines\r\n\ttab", -(2**31), -(2**62)),
    ("é e\u0301 日本 \U0001f600 \U0001f468\u200d\U0001f469", 7, 2**63 - 1),
    ("é" * 50_000 + "\U0001f600" * 12_500, 1, -(2**63)),
]
"""A text, an integer and a bigint of each sort; the last text has 150 kB."""

_PUT = "INSERT INTO things (tenant, name, number) VALUES (?, ?, ?)"
_UPDATED = (
    f"{_PUT} ON CONFLICT (tenant, name) DO UPDATE SET number = things.number + excluded.number"
)

_SQL: list[tuple[str, tuple[object, ...], list[tuple[object, ...]]]] = [
    (_PUT, (TENANT, "a", 1), []),
    (_UPDATED, (TENANT, "a", 10), []),
    ("SELECT number FROM things", (), [(11,)]),
    (f"{_UPDATED} WHERE excluded.number > 100", (TENANT, "a", 50), []),
    (f"{_PUT} ON CONFLICT (tenant, name) DO NOTHING", (TENANT, "a", 60), []),
    (f"{_PUT} ON CONFLICT (tenant, name) DO NOTHING RETURNING name", (TENANT, "a", 60), []),
    (f"{_UPDATED} RETURNING name, number", (TENANT, "a", 1), [("a", 12)]),
    (f"{_PUT} RETURNING number", (TENANT, "b", 3), [(3,)]),
    ("UPDATE things SET note = ? WHERE name = ? RETURNING note", ("50 %", "b"), [("50 %",)]),
    ("UPDATE things SET note = 'what? 100% ''?'' \"?\" %s' WHERE name = ?", ("a",), []),
    (
        "SELECT name, note FROM things WHERE note = 'what? 100% ''?'' \"?\" %s' AND name = ?",
        ("a",),
        [("a", "what? 100% '?' \"?\" %s")],
    ),
    ("SELECT name FROM things WHERE note LIKE '50 !%' ESCAPE '!'", (), [("b",)]),
    ("SELECT name FROM things WHERE note LIKE ? ESCAPE '!'", ("50 !%",), [("b",)]),
    (
        "SELECT name, sum(number) OVER (ORDER BY name) FROM things WHERE tenant = ? ORDER BY name",
        (TENANT,),
        [("a", 12), ("b", 15)],
    ),
    (
        "SELECT name FROM (SELECT name, row_number() OVER (PARTITION BY tenant ORDER BY number)"
        " AS place FROM things) AS placed WHERE place = ?",
        (1,),
        [("b",)],
    ),
    (
        "WITH large AS (SELECT name FROM things WHERE number > ?)"
        " SELECT t.name, l.name FROM things AS t LEFT JOIN large AS l ON l.name = t.name"
        " ORDER BY t.name",
        (5,),
        [("a", "a"), ("b", None)],
    ),
    ("SELECT coalesce(max(large), 0), count(*) FROM things", (), [(0, 2)]),
    ("DELETE FROM things WHERE name = ? RETURNING number", ("a",), [(12,)]),
    ("SELECT name FROM things", (), [("b",)]),
]
"""One after the other: a statement, its values, and the rows that it gives."""
