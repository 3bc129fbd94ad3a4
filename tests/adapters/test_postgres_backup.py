"""A dump without the views brings everything back, guards and all."""

import subprocess
from contextlib import closing

import pytest

from ehcp_flow.evidence.checking import check
from ehcp_flow.projections.catching_up import catch_up
from ehcp_flow.projections.trail import TrailView
from ehcp_flow.storage import Claim, Command, CommandDone, VersionTaken, open_store
from tests import postgres
from tests.adapters.logs import TENANT, append, event, events, stream, whole

ONE, TWO = stream(1), stream(2)
UPN = "B801200005001"


def test_what_was_dumped_is_restored() -> None:
    """Rows, claims and outcomes; the views are made anew by whoever reads, once there is room."""
    server = postgres.own_server()
    tool = str(server.bin_path)
    base = server.get_uri()
    with (
        postgres.fresh_database(base) as url,
        postgres.fresh_database(base) as other,
        closing(open_store(url, create=True)) as store,
    ):
        store.add_tenant(TENANT)
        recorder = store.recorder(TENANT)
        claim, command = Claim("upn", UPN, ONE), Command("c1", "open", 150)
        recorder.insert_events(events(ONE, 1, 150), claims=[claim], commands=[command])
        append(recorder, event(TWO, 1))
        catch_up(store.views, recorder, TrailView()).close()

        dump = [f"{tool}/pg_dump", "--exclude-schema=ehcp_flow_views", url]
        restore = [f"{tool}/psql", "--quiet", "-v", "ON_ERROR_STOP=1", other]
        dumped = subprocess.run(dump, check=True, capture_output=True)
        subprocess.run(restore, input=dumped.stdout, check=True, capture_output=True)

        with closing(open_store(other, create=True)) as restored:
            again = restored.recorder(TENANT)
            assert list(whole(again)) == list(whole(recorder))
            assert check(again) == (2, 151)
            assert again.holders("upn", [UPN]) == {UPN: ONE}
            with pytest.raises(CommandDone):
                again.insert_events(events(ONE, 151, 151), commands=[command])
            with pytest.raises(VersionTaken):
                append(again, event(TWO, 3))
            assert append(again, event(TWO, 2)) == [152]
            with catch_up(restored.views, again, TrailView()) as reading:
                assert reading.position == 152
