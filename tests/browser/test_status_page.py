"""The page of a review cycle in a browser."""

from datetime import date, timedelta
from pathlib import Path
from typing import cast
from uuid import UUID

import pytest

from ehcp_flow.cycles.course import DayProgress
from ehcp_flow.cycles.status import (
    CycleLine,
    CycleStatus,
    CycleTask,
    PlanProgress,
    Tally,
    TaskState,
)
from ehcp_flow_cli.showing.pages.status import MOST_DAYS, MOST_PLANS, status_page
from tests.browser.conftest import Open
from tests.browser.examples import HOSTILE, MADE

CONTRAST = (Path(__file__).parent / "contrast.js").read_text(encoding="utf-8")
STREAM = UUID("0f0e0d0c-0b0a-4908-8706-050403020100")
STATES: tuple[TaskState, ...] = ("not started", "started", "done", "declined")
TALLY = Tally(
    not_started=3, started=2, done=4, declined=1, withdrawn=1, closed=0, late=2, settled=0
)


def task(n: int, name: str, plan: str) -> CycleTask:
    """One of some tasks, in every state."""
    state = STATES[n % 4]
    late = state == "not started"
    waits = name if state in ("not started", "started") else "Amira Nair"
    return CycleTask(
        "Autumn",
        STREAM,
        plan,
        "Ada Okafor",
        "F",
        "write",
        name.lower(),
        name,
        "class teacher",
        "Fernbank School",
        date(2026, 10, 6),
        state,
        late,
        "not qualified" if state == "declined" else None,
        None if state == "done" else waits.lower(),
        None if state == "done" else waits,
        False,
    )


def made(
    name: str = "Autumn reviews 2026", who: str = "Boris Blake", plans: int = 8
) -> CycleStatus:
    """A cycle with something of everything."""
    tasks = tuple(task(n, f"{who} {n % 5}", f"2026-{n:04}") for n in range(plans * 3))
    told = tuple(
        PlanProgress(
            name,
            STREAM,
            f"2026-{n:04}",
            f"{who} the pupil",
            "stands" if n % 3 else "withdrawn",
            date(2026, 11, 10) if n % 3 else None,
            TALLY,
            (who, "Amira Nair"),
        )
        for n in range(plans)
    )
    cycle = CycleLine(STREAM, name, MADE, MADE, who, plans, TALLY)
    return CycleStatus(date(2026, 10, 20), (cycle,), told, tasks)


def days(many: int = 12) -> list[DayProgress]:
    """From day to day a little more."""
    first = date(2026, 9, 8)
    return [
        DayProgress(first + timedelta(days=n), 24, min(24, n), min(20, n // 2), min(10, n // 3))
        for n in range(many)
    ]


PAGE = status_page(made(), days(), MADE)


@pytest.mark.parametrize("scripts", [True, False])
def test_it_is_read_without_script(open_page: Open, scripts: bool) -> None:
    """Numbers, the chart with its table beside it, a line for each person and plan."""
    page = open_page(PAGE, scripts=scripts).page

    assert page.get_by_role("heading", level=1).inner_text() == "Review cycle: Autumn reviews 2026"
    assert page.get_by_role("heading", level=2).all_inner_texts() == [
        "At a glance",
        "Progress",
        "Load per person",
        "Declined",
        "Plan by plan",
    ]
    chart = page.get_by_role("img", name="Tasks of the cycle, day by day")
    assert chart.is_visible()
    assert page.get_by_role("table").count() == 3
    table = page.get_by_role("table", name="Days on which something moved")
    assert table.get_by_role("row").count() == 13
    assert table.get_by_role("row").last.inner_text().split()[-4:] == ["24", "11", "5", "3"]
    beside, drawn = table.bounding_box(), chart.bounding_box()
    assert beside is not None
    assert drawn is not None
    assert beside["x"] >= drawn["x"] + drawn["width"]
    assert page.locator("script").count() == 0


def test_the_chart_says_in_words_what_it_draws(open_page: Open) -> None:
    """For who does not see it; the bars stand beside their numbers and need none."""
    page = open_page(PAGE).page

    told = page.locator("#chart-told").text_content() or ""
    assert "24 tasks asked for, 11 accepted or begun, 5 done, 3 of these submitted" in told
    assert page.locator("svg:not([role=img]):not([aria-hidden=true])").count() == 0


def test_lines_and_bars_are_where_their_numbers_are(open_page: Open) -> None:
    """More is higher, later is further right, and the longest bar is the largest load."""
    watched = open_page(PAGE)
    heights = cast(
        "list[float]",
        watched.script(
            "['asked', 'accepted', 'done', 'submitted'].map((kind) => {"
            " const path = document.querySelector(`figure > svg .line.${kind}`);"
            " return path.getPointAtLength(path.getTotalLength()).y; })"
        ),
    )
    widths = cast(
        "list[list[float]]",
        watched.script(
            "[...document.querySelectorAll('#load ~ .scroll tbody tr')].map((row) => ["
            " Number(row.cells[3].innerText),"
            " Number(row.cells[4].innerText) + Number(row.cells[5].innerText),"
            " [...row.querySelectorAll('rect')].reduce((sum, r) => sum + r.width.baseVal.value, 0)"
            "])"
        ),
    )

    assert heights == sorted(heights)
    assert len(set(heights)) == 4
    most = max(asked for asked, _, _ in widths)
    assert [round(wide) for _, _, wide in widths] == [
        round(200 * many / most) for _, many, _ in widths
    ]


@pytest.mark.parametrize("dark", [False, True])
def test_every_text_stands_out(open_page: Open, dark: bool) -> None:
    """At least 4.5 to 1 as rendered; text in the chart is filled with the ink of the page."""
    watched = open_page(PAGE, dark=dark)
    found = cast("list[tuple[str, float]]", watched.script(CONTRAST))

    assert len(found) > 50
    assert [one for one in found if one[1] < 4.5] == []
    assert watched.script(
        "[...document.querySelectorAll('svg text')].every((text) =>"
        " getComputedStyle(text).fill === getComputedStyle(document.body).color)"
    )


def test_it_prints_with_what_colour_says_told_otherwise(open_page: Open) -> None:
    """Late bars are lower than the others, and lines have dashes of their own."""
    watched = open_page(PAGE)
    watched.page.emulate_media(media="print")

    assert watched.page.get_by_role("table").first.is_visible()
    assert watched.page.pdf().startswith(b"%PDF-")
    dashes = cast(
        "list[str]",
        watched.script(
            "[...document.querySelectorAll('figure > svg .line')].map((line) =>"
            " getComputedStyle(line).strokeDasharray + getComputedStyle(line).strokeWidth)"
        ),
    )
    assert len(set(dashes)) == 4
    heights = watched.script(
        "['done', 'late'].map((kind) =>"
        " document.querySelector(`.bar .${kind}`).height.baseVal.value)"
    )
    assert heights == [14, 8]


def test_it_fits_a_telephone_and_the_keyboard_reaches_wide_tables(open_page: Open) -> None:
    """Only they move sideways."""
    watched = open_page(PAGE, width=320)

    assert watched.script("document.documentElement.scrollWidth") == 320
    for _ in range(2):
        watched.page.keyboard.press("Tab")
        assert watched.script("document.activeElement.className") == "scroll"


def test_hostile_names_do_nothing(open_page: Open) -> None:
    """They are shown, and steer nothing."""
    page = status_page(made(HOSTILE, HOSTILE, 3), days(), MADE)
    watched = open_page(page, width=320)

    assert watched.page.locator("img, script").count() == 0
    assert watched.script("document.documentElement.scrollWidth") == 320
    assert HOSTILE in (watched.page.locator("h1").text_content() or "")


def test_a_cycle_that_asks_for_nothing(open_page: Open) -> None:
    """Says so, and draws nothing."""
    nothing = CycleStatus(date(2026, 10, 20), made().cycles, (), ())
    page = open_page(status_page(nothing, [], MADE)).page

    assert page.get_by_text("Nothing was asked for yet.").is_visible()
    assert page.get_by_text("Nobody is asked for anything.").is_visible()
    one = [DayProgress(date(2026, 10, 20), 0, 0, 0, 0)]
    assert open_page(status_page(nothing, one, MADE)).page.get_by_role("img").is_visible()


def test_of_very_many_the_page_says_how_many_are_left_out(open_page: Open) -> None:
    """A spreadsheet is better for them."""
    many = status_page(made(plans=MOST_PLANS + 2), days(MOST_DAYS + 3), MADE)
    page = open_page(many).page

    assert page.locator("#plans ~ .scroll tbody tr").count() == MOST_PLANS
    assert page.get_by_text("2 more:").is_visible()
    assert page.get_by_text("3 earlier days are left out.").is_visible()
