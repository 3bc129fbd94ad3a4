"""A plan as it stands, for people and for programs."""

from ehcp_flow.plan import IN_WORDS, Plan, Section
from ehcp_flow.sections import SECTIONS
from ehcp_flow_cli.showing.moments import shown


def draft(plan: Plan, only: str | None, *, text_only: bool) -> str:
    """Return a plan, or one section of it, as text; ends in a newline."""
    chosen = [plan.section(id) for id in SECTIONS if only in (None, id)]
    if text_only:
        if only is not None:
            return f"{chosen[0].text}\n"
        return "\n".join(f"{_heading(s)}\n\n{s.text}\n" for s in chosen if s.revision)
    about = plan.particulars
    lines = [
        f"{about.reference}  {about.forename} {about.surname}  born {about.born}  "
        f"year {about.year}{f' ({about.group})' if about.group else ''}",
        f"step v{plan.version}{'' if about.listed else '  no longer listed'}",
    ]
    for review in plan.reviews:
        lines.append(f"review: {review.cycle_name}, meeting {review.meeting}")
    for section in chosen:
        lines += ["", *_section(section)]
    return "\n".join(lines) + "\n"


def _heading(section: Section) -> str:
    return f"# Section {section.id}: {SECTIONS[section.id]}"


def _section(section: Section) -> list[str]:
    lines = [_heading(section)]
    state = IN_WORDS[section.status]
    if section.edit is not None and section.edit.by is None:
        state += f", revision {section.revision}, author not recorded before "
        state += f"{section.not_recorded_before}"
    elif section.edit is not None:
        edit = section.edit
        state += f", revision {section.revision} by {edit.name} ({edit.role}), {shown(edit.at)}"
    lines.append(f"  [{state}]")
    for held in section.assignments:
        due = f" by {held.due}" if held.due else ""
        why = f": {held.reason}" if held.reason else ""
        lines.append(f"  [to {held.task}: {held.to_name}{due}, {held.status}{why}]")
    for mark in section.sign_offs:
        covers = "" if mark.revision == section.revision else ", not the words since"
        lines.append(
            f"  [signed: {mark.meaning}, {mark.name} ({mark.role}), {shown(mark.at)}, "
            f"revision {mark.revision}{covers}]"
        )
    if section.text:
        lines += ["", section.text]
    if section.issued is not None and section.issued != section.text:
        lines += ["", "  [the issued text differs: `plan diff` shows how]"]
    return lines


def as_data(plan: Plan, only: str | None) -> dict[str, object]:
    """Return a plan, or one section of it, as what JSON shows."""
    return {
        "stream": plan.stream,
        "version": plan.version,
        "particulars": plan.particulars,
        "reviews": plan.reviews,
        "sections": {
            id: plan.section(id)
            for id in SECTIONS
            if only == id or (only is None and id in plan.sections)
        },
    }
