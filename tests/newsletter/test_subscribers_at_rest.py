"""What a thief finds in the files of a real installation, before and after an erase."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from distributor import vault

# A process of its own, because its database is a file with a write-ahead log beside it.
_STORY = """
import django
django.setup()
from django.conf import settings
from django.core.management import call_command
from distributor import vault
from distributor.context import Context
from distributor.newsletter.importing import import_csv
from distributor.newsletter.models import Subscriber
from distributor.newsletter.subscribers import erase

call_command("migrate", verbosity=0)
folder = settings.CONFIGURATION.directory
context = Context(settings.CONFIGURATION, vault.load(folder), folder)
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


def test_files_hold_an_address_sealed_only_and_after_an_erase_not_at_all(tmp_path: Path) -> None:
    configuration = tmp_path / "distributor.toml"
    configuration.write_text(
        f'[storage]\ndirectory = "{tmp_path}"\n'
        f'database = "sqlite:///{tmp_path}/distributor.sqlite3"\n'
        '[lists.readers]\ntitle = "Readers"\n'
    )
    vault.create(tmp_path)
    told = subprocess.run(
        [sys.executable, "-c", _STORY],
        env=os.environ
        | {
            "DISTRIBUTOR_CONFIG": str(configuration),
            "DJANGO_SETTINGS_MODULE": "distributor.settings",
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert told.stderr == ""
    assert told.stdout == "sealed before: True\nplain before: []\nsealed after: []\n"
