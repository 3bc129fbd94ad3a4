"""What was copied from store to store, for people and for programs."""

from ehcp_flow.copying import Copied
from ehcp_flow_cli.showing.harmless import cell


def said(copied: Copied, source: str, destination: str) -> str:
    """Return what was copied and what is the same in both, a line each."""
    if copied.nothing_new:
        lines = [f"Nothing to copy: {destination} holds everything already."]
    else:
        some = "1 event" if copied.events == 1 else f"{copied.events:,} events"
        lines = [f"{some} copied to {destination}."]
    held = copied.tenants.values()
    lines.append(
        f"Both hold the same: {sum(one.events for one in held):,} events in "
        f"{sum(one.streams for one in held):,} streams, {sum(one.claims for one in held):,} "
        f"identifiers, and what {sum(one.outcomes for one in held):,} commands did"
        f"{f', of {len(held)} tenants' if len(held) != 1 else ''}."
    )
    if copied.more:
        lines.append(f"{source} was recorded in meanwhile: copy once more to take in the rest.")
    return "\n".join(map(cell, lines))


def as_data(copied: Copied, source: str, destination: str) -> dict[str, object]:
    """Return the same as what JSON shows, with the digests of both."""
    return {
        "from": source,
        "to": destination,
        "copied": {
            "tenants": copied.new_tenants,
            "events": copied.events,
            "claims": copied.claims,
            "outcomes": copied.outcomes,
        },
        "more": copied.more,
        "same": [{"tenant": name, **held._asdict()} for name, held in copied.tenants.items()],
    }
