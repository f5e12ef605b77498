"""What did not begin in time waits for a person."""

from __future__ import annotations

import time

from tests.acceptance.installation import TEXT, Installation
from tests.acceptance.world import World


def test_what_is_late_waits_for_a_person_until_it_is_approved_anew(
    fresh: Installation, world: World
) -> None:
    fresh.configure(delivery={"late": "3s"})
    statement = fresh.submit()
    fresh.approve(statement)
    time.sleep(3)
    met = world.contacts()
    for _ in range(2):  # a restart does not let it go
        [late] = fresh.deliver(code=3)["statements"]
        assert world.contacts() == met
    assert {one["state"] for one in late["deliveries"]} == {"held"}
    assert {one["state"] for one in late["campaigns"]} == {"paused"}
    assert "longer ago than delivery.late allows" in late["deliveries"][0]["reason"]
    fresh.configure(delivery={"late": "1h"})
    fresh.run("revise", statement, fresh.write("new.txt", TEXT + "\nToday."), "--as", "Ana")
    fresh.approve(statement)
    assert fresh.deliver()["statements"][0]["state"] == "delivered"


def test_nothing_is_ever_late_when_that_is_configured(fresh: Installation) -> None:
    fresh.configure(delivery={"late": "0s"}, lists=None)
    fresh.approve(fresh.submit())
    time.sleep(1)
    assert fresh.deliver()["statements"][0]["state"] == "delivered"
