"""The stages of the channel tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from distributor.channels.base import Channel
from tests.channels.stages import KINDS, Stage
from tests.channels.stages import stage as make_stage


@pytest.fixture(params=KINDS)
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stage]:
    """A network of each kind in turn."""
    with make_stage(request.param, tmp_path) as made:
        yield made


@pytest.fixture
def channel(stage: Stage) -> Iterator[Channel]:
    """The channel that talks to the stage's server."""
    with stage.channel() as opened:
        yield opened
