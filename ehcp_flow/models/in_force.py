"""The operating model that holds on a day, and whom it lets do something there."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ehcp_flow.models.duties import IN_WORDS, Duty
from ehcp_flow.models.model import ANYBODY, Model, Rule
from ehcp_flow.models.shipped import default


def _none() -> frozenset[str]:
    return frozenset()


@dataclass(frozen=True, slots=True)
class InForce:
    """A model, whether the setting chose it, and which roles nobody holds who is there."""

    model: Model = field(default_factory=default)
    chosen: bool = False
    """Whether it was chosen: then what people do says by which rule they may."""
    vacant: Callable[[], frozenset[str]] = field(default=_none, compare=False)
    """The roles of the model that nobody holds who is there; looked up when it matters."""

    def may(
        self,
        duty: Duty,
        role: str,
        *,
        section: str | None = None,
        year: str | None = None,
        asked: bool = False,
    ) -> Rule | None:
        """Return the rule that lets somebody in a role do this; ``None``: none does.

        They may also for a role that nobody holds who is there, where its duties fall to theirs.

        Args:
            duty: which.
            role: the one they act in.
            section: of which section, where that matters.
            year: of the pupil.
            asked: whether somebody asked them to.
        """
        rule = self.model.rule(duty, section=section, year=year)
        if rule is None:
            return None
        if rule.lets(role, asked=asked):
            return rule
        others = (other for other in rule.all_roles if other != ANYBODY)
        lets = any(rule.lets(one, asked=asked) and role in self.stand_ins(one) for one in others)
        return rule if lets else None

    def stand_ins(self, role: str) -> Sequence[str]:
        """The role to which the duties of another fall now; none while somebody holds that."""
        if self.model.falls_to(role) is None or role not in self.vacant():
            return ()
        now: str | None = role
        while now is not None and now in self.vacant():
            now = self.model.falls_to(now)
        return () if now is None else (now,)

    def name_of(self, *rules: Rule | None) -> str | None:
        """What an event says about the rules that allowed it, as ``M3@1:write-progress``."""
        ids = dict.fromkeys(rule.id for rule in rules if rule is not None)
        return f"{self.model.name}:{','.join(ids)}" if self.chosen and ids else None

    def who(self, duty: Duty, *, section: str | None = None, year: str | None = None) -> str:
        """Who has a duty, in words: the roles, or that nobody has it."""
        rule = self.model.rule(duty, section=section, year=year)
        return "nobody" if rule is None else in_words(rule)

    def forbids(
        self, duty: Duty, said: str, *, section: str | None = None, year: str | None = None
    ) -> str:
        """A refusal in words, with the rule that stands behind it."""
        rule = self.model.rule(duty, section=section, year=year)
        under = f"Under {self._called}, "
        if rule is not None:
            return f"{under}rule {rule.id}: {said}"
        where = f" section {section}" if section else ""
        of = f" in year {year}" if year else ""
        return f"{under}no rule says who {IN_WORDS[duty]}{where}{of}: {said}"

    @property
    def _called(self) -> str:
        return self.model.id if self.chosen else "the default model"


def in_words(rule: Rule) -> str:
    """The roles of a rule as a sentence names them."""
    if not rule.all_roles:
        return "nobody"
    if ANYBODY in rule.roles:
        but = f" but {one_of(rule.but_not)}" if rule.but_not else ""
        return f"whoever is asked{but}"
    return one_of(rule.all_roles)


def one_of(roles: Sequence[str]) -> str:
    """Roles as a choice: ``SENCO, head teacher or deputy head``."""
    *most, last = roles
    return f"{', '.join(most)} or {last}" if most else last
