"""Is what was asked for once done once?"""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from ehcp_flow.storage import Claim, Command, CommandDone, Outcome, VersionTaken
from ehcp_flow.testing.case import SOON, Promises
from ehcp_flow.testing.logs import ONE, OTHER_TENANT, THREE, TWO, append, event, events, stream

_UPN = "B801200005001"


class CommandPromises(Promises):
    """What was asked for once is done once, and its outcome is known."""

    def test_a_lost_acknowledgement_is_found_again(self) -> None:
        """The same append again is told the first outcome, not that the stream moved on."""
        log = self.log
        append(log, event(TWO, 1))
        stored, claims = events(ONE, 1, 3), [Claim("upn", _UPN, ONE)]
        command = Command("c1", "plan-opened", 3)
        self.same(log.insert_events(stored, claims=claims, commands=[command]) or (), [2, 3, 4])
        with self.nothing_recorded(log), self.assertRaises(CommandDone) as done:
            log.insert_events(stored, claims=claims, commands=[command])
        self.assertEqual(done.exception.outcome, Outcome("c1", "plan-opened", 2, 4))
        self.assertEqual(log.outcome("c1"), Outcome("c1", "plan-opened", 2, 4))

    def test_a_command_is_done_once_also_when_it_would_fit_again(self) -> None:
        """A retry that read the stream anew offers the next version, and is told all the same."""
        log = self.log
        log.insert_events([event(ONE, 1)], commands=[Command("c1", "a", 1)])
        with self.nothing_recorded(log), self.assertRaises(CommandDone):
            log.insert_events([event(ONE, 2)], commands=[Command("c1", "a", 1)])

    def test_a_command_is_done_once_also_when_another_took_the_claim(self) -> None:
        """Whatever else stands in the way now, it was done."""
        log = self.log
        log.insert_events([event(ONE, 1)], commands=[Command("c1", "a", 1)])
        log.insert_events([event(TWO, 1)], claims=[Claim("upn", _UPN, TWO)])
        with self.nothing_recorded(log), self.assertRaises(CommandDone):
            log.insert_events(
                [event(THREE, 1)],
                claims=[Claim("upn", _UPN, THREE)],
                commands=[Command("c1", "a", 1)],
            )

    def test_commands_share_an_append(self) -> None:
        """Each keeps the positions of its own events; one without events has none."""
        log = self.log
        append(log, event(TWO, 1))
        log.insert_events(
            events(ONE, 1, 6),
            commands=[
                Command("a", "first", 2),
                Command("b", "none", 0),
                Command("c", "rest", 4),
            ],
        )
        self.assertEqual(log.outcome("a"), Outcome("a", "first", 2, 3))
        self.assertEqual(log.outcome("b"), Outcome("b", "none", 0, 0))
        self.assertEqual(log.outcome("c"), Outcome("c", "rest", 4, 7))

    def test_a_command_may_do_nothing(self) -> None:
        """And that is known afterwards, too."""
        log = self.log
        self.assertFalse(log.insert_events([], commands=[Command("c1", "nothing", 0)]))
        self.assertEqual(log.outcome("c1"), Outcome("c1", "nothing", 0, 0))
        with self.nothing_recorded(log), self.assertRaises(CommandDone):
            log.insert_events([event(ONE, 1)], commands=[Command("c1", "nothing", 1)])

    def test_beside_a_command_that_was_done_no_other_is(self) -> None:
        """The append is refused whole, and the one that was done is named."""
        log = self.log
        log.insert_events([event(ONE, 1)], commands=[Command("old", "a", 1)])
        with self.nothing_recorded(log), self.assertRaises(CommandDone) as done:
            log.insert_events(
                [event(TWO, 1), event(THREE, 1)],
                commands=[Command("new", "b", 1), Command("old", "a", 1)],
            )
        self.assertEqual(done.exception.outcome, Outcome("old", "a", 1, 1))
        self.assertIsNone(log.outcome("new"))

    def test_a_command_that_was_refused_was_not_done(self) -> None:
        """It may be tried again under the same id."""
        log = self.log
        append(log, event(ONE, 1))
        with self.assertRaises(VersionTaken):
            log.insert_events([event(ONE, 1)], commands=[Command("c1", "a", 1)])
        self.assertIsNone(log.outcome("c1"))
        self.same(log.insert_events([event(ONE, 2)], commands=[Command("c1", "a", 1)]) or (), [2])

    def test_tenants_have_commands_of_their_own(self) -> None:
        """The same id is another command there."""
        log, other = self.log, self.new_log(OTHER_TENANT)
        log.insert_events([event(ONE, 1)], commands=[Command("c1", "a", 1)])
        self.assertIsNone(other.outcome("c1"))
        self.same(other.insert_events([event(ONE, 1)], commands=[Command("c1", "a", 1)]) or (), [1])

    def test_of_those_who_ask_at_once_one_does_it(self) -> None:
        """The others are told what it did."""
        log, together = self.log, Barrier(8)

        def ask(n: int) -> tuple[int, int]:
            mine, stored = self.store.recorder(log.tenant), event(stream(n), 1)
            together.wait(SOON)
            try:
                positions = mine.insert_events([stored], commands=[Command("c1", "a", 1)])
            except CommandDone as done:
                return done.outcome.first, done.outcome.last
            assert positions
            return positions[0], positions[-1]

        with ThreadPoolExecutor(8) as pool:
            self.assertEqual(set(pool.map(ask, range(8))), {(1, 1)})
        self.assertEqual(log.head(), 1)
