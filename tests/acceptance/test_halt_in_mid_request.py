"""A halt while a request is under way: it may end, and nothing follows it."""

from __future__ import annotations

import time
from pathlib import Path

from PIL import Image

from tests.acceptance.conftest import Run, leave_only
from tests.acceptance.expecting import require_exactly_once
from tests.acceptance.installation import Installation
from tests.acceptance.world import World
from tests.waiting import until


def test_a_halt_while_a_picture_is_on_its_way_keeps_the_post_back(
    fresh: Installation, world: World, start: Run, tmp_path: Path
) -> None:
    leave_only(fresh, "mastodon")
    Image.new("RGB", (64, 48), "#0a6b66").save(tmp_path / "dam.png")
    statement = fresh.submit(image=str(tmp_path / "dam.png"), alt="The dam at Oster")
    fresh.approve(statement)
    world.add_fault("mastodon", "POST /api/v2/media", "delay", seconds=2)
    begun = start("deliver", "--until-idle", "--timeout", "20")
    mastodon = world.networks["mastodon"]
    until(lambda: any(one.path == "/api/v2/media" for one in mastodon.requests))
    (fresh.data / "HALT").touch()
    halted_at = time.monotonic()
    assert begun.wait() == 0
    assert world.texts("mastodon") == []
    assert max(one.monotonic for one in mastodon.requests) < halted_at + 1
    fresh.run("resume", "--as", "Ben")
    require_exactly_once(world, fresh.json("proof", statement), fresh.deliver()["statements"][0])
