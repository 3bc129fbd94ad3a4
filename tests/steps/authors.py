"""Steps about who wrote what: receipts, what marks cover, what is gone."""

from pytest_bdd import parsers, then

from ehcp_flow.attributing import Part, SectionAuthors
from ehcp_flow.plan import SignOff
from ehcp_flow.receipts import Contribution, Piece, count
from tests.steps.world import World

_OF = r"section (?P<section>\w+) of (?P<pupil>\w+)'s plan"


def _section(world: World, pupil: str, section: str, known_at: int | None = None) -> SectionAuthors:
    return world.plans.authors(world.plan(pupil), known_at=known_at).sections[section]


# Receipts


def _receipt(world: World, who: str) -> list[Contribution]:
    return list(world.plans.receipt(world.by(who).who))


def _pieces(world: World, who: str, words: str) -> list[Piece]:
    found = [
        piece for one in _receipt(world, who) for piece in one.pieces if words in piece.part.text
    ]
    assert found
    return found


@then(
    parsers.re(
        rf"the receipt of (?P<who>\w+) says of {_OF}: (?P<many>\d+) words, (?P<stand>\d+) stand, "
        r"(?P<gone>\d+) gone"
    )
)
def _wrote(
    world: World, who: str, section: str, pupil: str, many: str, stand: str, gone: str
) -> None:
    (one,) = _receipt(world, who)
    assert (one.plan, one.section) == (world.plan(pupil), section)
    told = (one.words, count(one.standing), count(one.gone))
    assert told == (int(many), int(stand), int(gone))


@then(parsers.re(r"the receipt of (?P<who>\w+) says nothing"))
def _wrote_nothing(world: World, who: str) -> None:
    assert _receipt(world, who) == []


@then(
    parsers.re(
        r'the receipt of (?P<who>\w+) says that "(?P<words>[^"]+)" was removed by "(?P<by>[^"]+)"'
    )
)
def _removed_by(world: World, who: str, words: str, by: str) -> None:
    (piece,) = _pieces(world, who, words)
    assert piece.part.gone is not None
    assert piece.part.gone.removed.name == by


@then(
    parsers.re(
        r'the receipt of (?P<who>\w+) says that "(?P<words>[^"]+)" of advice (?P<number>\d+) '
        r'stands in section (?P<section>\w+), adopted by "(?P<by>[^"]+)"'
    )
)
def _adopted(world: World, who: str, words: str, number: str, section: str, by: str) -> None:
    (piece,) = _pieces(world, who, words)
    (place,) = piece.part.standing
    assert piece.part.written.source == f"advice@{number}"
    assert place.section == section
    assert place.run.adopted is not None
    assert place.run.adopted.name == by


@then(
    parsers.re(
        r'the receipt of (?P<who>\w+) says that nobody took "(?P<words>[^"]+)" of advice '
        r"(?P<number>\d+)"
    )
)
def _not_taken(world: World, who: str, words: str, number: str) -> None:
    (one,) = _receipt(world, who)
    assert one.advice == int(number)
    assert [piece for piece in one.not_taken if words in piece.part.text]


# Marks


def _mark(found: SectionAuthors, who: str) -> tuple[SignOff, int]:
    (told,) = [(each.mark, each.missing) for each in found.marks if each.mark.name.startswith(who)]
    return told


@then(
    parsers.re(rf"the mark by (?P<who>\w+) covers (?P<covered>\d+) of (?P<many>\d+) words of {_OF}")
)
def _covers(world: World, who: str, covered: str, many: str, section: str, pupil: str) -> None:
    found = _section(world, pupil, section)
    mark, _ = _mark(found, who)
    assert (found.words_covered(mark), len(found.words)) == (int(covered), int(many))


@then(parsers.re(rf"(?P<many>\d+) of the words that (?P<who>\w+) signed in {_OF} are gone"))
def _missing(world: World, many: str, who: str, section: str, pupil: str) -> None:
    _, gone = _mark(_section(world, pupil, section), who)
    assert gone == int(many)


@then(parsers.re(rf'no mark covers "(?P<words>[^"]+)" in {_OF}'))
def _bare(world: World, words: str, section: str, pupil: str) -> None:
    found = _section(world, pupil, section)
    assert [found.text[start:end] for start, end in found.bare] == [words]


def _part(world: World, pupil: str, section: str, words: str) -> Part:
    (phrase,) = world.plans.authors(world.plan(pupil)).phrase(words, section)
    (part,) = phrase.parts
    return part


@then(parsers.re(rf'nobody signed "(?P<words>[^"]+)" in {_OF}'))
def _unsigned(world: World, words: str, section: str, pupil: str) -> None:
    part = _part(world, pupil, section, words)
    assert [run.marks for _, run in part.standing] == [()]


@then(
    parsers.re(rf'it is told that (?P<who>\w+) signed "(?P<words>[^"]+)" where it stood in {_OF}')
)
def _signed_there(world: World, who: str, words: str, section: str, pupil: str) -> None:
    (phrase,) = world.plans.authors(world.plan(pupil)).phrase(words)
    (part,) = phrase.parts
    assert [(id, mark.name.split()[0]) for id, mark in part.signed] == [(section, who)]


# What is gone, and what was known


@then(
    parsers.re(
        rf'"(?P<words>[^"]+)" is gone from {_OF}: written by "(?P<writer>[^"]+)", '
        r'removed by "(?P<remover>[^"]+)"'
    )
)
def _gone(world: World, words: str, section: str, pupil: str, writer: str, remover: str) -> None:
    (gone,) = _section(world, pupil, section).gone
    assert (gone.text.strip(), gone.written.name, gone.removed.name) == (words, writer, remover)


@then(
    parsers.re(
        rf'as known at step (?P<step>\d+) every word of {_OF} was written by "(?P<who>[^"]+)"'
    )
)
def _all_by(world: World, step: str, section: str, pupil: str, who: str) -> None:
    found = _section(world, pupil, section, int(step))
    assert {run.written.name for run in found.runs} == {who}


@then(parsers.re(rf"as known at step (?P<step>\d+) nothing is gone from {_OF}"))
def _nothing_gone(world: World, step: str, section: str, pupil: str) -> None:
    assert _section(world, pupil, section, int(step)).gone == ()
