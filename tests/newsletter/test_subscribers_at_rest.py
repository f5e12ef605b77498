"""What a thief finds in the files of a real installation, before and after an erase."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

# A process of its own, because its database is a file with a write-ahead log beside it.
_STORY = """
from distributor.newsletter.importing import import_csv
from distributor.newsletter.models import Subscriber
from distributor.newsletter.subscribers import erase

import_csv(context, ["email,name", "canary@example.org,Canary Ana"], list_name="readers",
           basis="asked", confirmed=True, by="Cleo", progress=lambda read: None)
sealed = bytes(Subscriber.objects.get().address)

def holding(part):
    return sorted(file.name for file in folder.glob("*.sqlite3*") if part in file.read_bytes())

print("sealed before:", len(holding(sealed)) > 0)
print("plain before:", holding(b"canary") + holding(b"Canary"))
erase(context, "canary@example.org", by="Cleo")
print("sealed after:", holding(sealed))
"""


def test_files_hold_an_address_sealed_only_and_after_an_erase_not_at_all(
    tell: Callable[[str, str], str], tmp_path: Path
) -> None:
    told = tell(f"sqlite:///{tmp_path}/distributor.sqlite3", _STORY)
    assert told == "sealed before: True\nplain before: []\nsealed after: []\n"
