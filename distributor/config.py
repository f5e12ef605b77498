"""The configuration: one TOML file, read once into frozen values.

Secrets never stand in the file: `<name>_env` names an environment variable,
`<name>_file` a file that holds the secret.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import tomllib
import zoneinfo
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any, Literal

import msgspec

from .errors import BadConfiguration

_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)")
_UNIT_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400}


class Seconds(float):
    """A duration; in the file a string with a unit: "500ms", "30s", "5m", "2h", "1d"."""

    @property
    def timedelta(self) -> dt.timedelta:
        """The same duration for arithmetic with moments."""
        return dt.timedelta(seconds=self)


class _Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of the file; any key it does not name is an error."""


def _read_secret(table: object, name: str, where: str) -> str | None:
    """The secret `name` of a table, or None when neither key is set."""
    variable: str | None = getattr(table, f"{name}_env")
    path: str | None = getattr(table, f"{name}_file")
    if variable and path:
        raise BadConfiguration(f"{where}: give {name}_env or {name}_file, not both.")
    if variable:
        value = os.environ.get(variable, "").strip()
        if not value:
            raise BadConfiguration(
                f"{where}.{name}_env names the environment variable {variable}, "
                "which is not set. Set it and start again."
            )
        return value
    if path:
        try:
            value = Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise BadConfiguration(
                f"{where}.{name}_file: {path} cannot be read ({error.strerror})."
            ) from None
        if not value:
            raise BadConfiguration(f"{where}.{name}_file: {path} is empty.")
        return value
    return None


def require_secret(table: object, name: str, where: str) -> str:
    """The secret `name` of a table; BadConfiguration says how to give it."""
    value = _read_secret(table, name, where)
    if value is None:
        raise BadConfiguration(
            f"{where}: the secret {name} is missing. "
            f'Add {name}_env = "VARIABLE" or {name}_file = "path".'
        )
    return value


def optional_secret(table: object, name: str, where: str) -> str | None:
    """The secret `name` of a table, or None when it is not configured."""
    return _read_secret(table, name, where)


class QuoteCards(_Table, frozen=True):
    """A picture of the key sentence under the first post of each thread."""

    enabled: bool = False
    background: str = "#ffffff"
    foreground: str = "#1c2b2a"
    accent: str = "#0a6b66"
    font_files: list[str] = []  # the first that has all letters of a text is taken


class Organisation(_Table, frozen=True):
    """Who speaks."""

    name: str = "Our organisation"
    site: str | None = None
    timezone: str = "UTC"
    languages: list[str] = msgspec.field(default_factory=lambda: ["en"])
    hashtags: list[str] = []
    mentions: dict[str, list[str]] = {}  # kind of channel -> accounts to mention
    card: QuoteCards = QuoteCards()
    link_picture: str | None = None  # a file; on the link cards of statements without a picture


class Storage(_Table, frozen=True):
    """Where things are kept."""

    directory: str = "var"
    database: str | None = None  # default: an SQLite file in `directory`
    database_env: str | None = None
    database_file: str | None = None

    @property
    def url(self) -> str:
        """The address of the database."""
        from_secret = optional_secret(self, "database", "storage")
        return from_secret or self.database or f"sqlite:///{self.directory}/distributor.sqlite3"


class Web(_Table, frozen=True):
    """Where the pages are served, and the address the public sees."""

    url: str = "http://127.0.0.1:8000"
    host: str = "127.0.0.1"
    port: int = 8000


class ApprovalRules(_Table, frozen=True):
    """How many persons besides the author, and how long they may think again."""

    approvals: int = 1
    undo: Seconds = Seconds(0)


class FolderSource(_Table, frozen=True, kw_only=True, tag_field="kind", tag="folder"):
    """A folder that is watched for statements."""

    path: str
    every: Seconds = Seconds(30)
    language: str | None = None
    channels: list[str] | None = None  # default: all
    lists: list[str] | None = None  # default: all


class _Channel(_Table, frozen=True, kw_only=True, tag_field="kind"):
    language: str | None = None  # default: the language of the statement
    timeout: Seconds = Seconds(20)
    per_hour: int | None = None  # default: delivery.caps.per_hour
    mode: Literal["thread", "single"] = "thread"  # all demands and positions, or one summary
    posts: int = 12  # the most posts of a thread
    hashtags: list[str] | None = None  # default: those of the organisation


class XChannel(_Channel, frozen=True, kw_only=True, tag="x"):
    """An account on X."""

    api: str = "https://api.twitter.com"
    account: str | None = None
    spend_per_day: float | None = None  # dollars; X is paid per post
    consumer_key_env: str | None = None
    consumer_key_file: str | None = None
    consumer_secret_env: str | None = None
    consumer_secret_file: str | None = None
    access_token_env: str | None = None
    access_token_file: str | None = None
    access_token_secret_env: str | None = None
    access_token_secret_file: str | None = None


class BlueskyChannel(_Channel, frozen=True, kw_only=True, tag="bluesky"):
    """An account on Bluesky."""

    handle: str
    service: str = "https://bsky.social"
    app_password_env: str | None = None
    app_password_file: str | None = None


class MastodonChannel(_Channel, frozen=True, kw_only=True, tag="mastodon"):
    """An account on a Mastodon instance."""

    instance: str
    account: str | None = None
    visibility: Literal["public", "unlisted", "private", "direct"] = "public"
    access_token_env: str | None = None
    access_token_file: str | None = None


ChannelTable = XChannel | BlueskyChannel | MastodonChannel


class Mail(_Table, frozen=True):
    """The mail server that takes our messages, and who they come from."""

    from_: str = msgspec.field(default="newsletter@localhost", name="from")
    reply_to: str | None = None
    host: str = "localhost"
    port: int = 25
    security: Literal["starttls", "tls", "none"] = "starttls"
    username_env: str | None = None
    username_file: str | None = None
    password_env: str | None = None
    password_file: str | None = None
    connections: int = 4
    per_second: int | None = None
    timeout: Seconds = Seconds(30)
    bounces_to: str | None = None
    dkim_domain: str | None = None
    dkim_selector: str | None = None
    dkim_key_file: str | None = None


class MailingList(_Table, frozen=True, kw_only=True):
    """One mailing list; its subscribers live in the database."""

    title: str
    language: str | None = None
    list_id: str | None = None
    welcome: str | None = None


class Caps(_Table, frozen=True):
    """The most posts a channel may send; a runaway stops here."""

    per_hour: int = 60
    per_day: int = 300


class DeliveryRules(_Table, frozen=True):
    """How deliveries are tried, retried and held."""

    lease: Seconds = Seconds(120)
    in_flight: Seconds = Seconds(300)  # how long an unanswered request may still land
    attempts: int = 20
    backoff: Seconds = Seconds(2)
    backoff_max: Seconds = Seconds(900)
    late: Seconds = Seconds(12 * 3600)  # what is due for longer waits for a person; 0: never
    caps: Caps = Caps()


class Sandbox(_Table, frozen=True):
    """The page that shows what the sandbox networks and mailboxes received."""

    host: str = "127.0.0.1"
    port: int = 8400


class Configuration(_Table, frozen=True, kw_only=True):
    """The whole file."""

    storage: Storage
    organisation: Organisation = Organisation()
    web: Web = Web()
    approval: ApprovalRules = ApprovalRules()
    sources: dict[str, FolderSource] = {}
    channels: dict[str, ChannelTable] = {}
    mail: Mail = Mail()
    lists: dict[str, MailingList] = {}
    delivery: DeliveryRules = DeliveryRules()
    sandbox: Sandbox = Sandbox()

    @property
    def directory(self) -> Path:
        """The data directory."""
        return Path(self.storage.directory)


def packaged(folder: str) -> Path:
    """The `templates` or `config` folder: in the wheel, or at the top of a checkout."""
    inside = Path(str(resources.files("distributor"))) / "_data" / folder
    return inside if inside.is_dir() else Path(__file__).resolve().parent.parent / folder


def find(path: str | None = None, environ: Mapping[str, str] = os.environ) -> Path:
    """The configuration file: as asked, else DISTRIBUTOR_CONFIG, else the sandbox set-up."""
    asked = path or environ.get("DISTRIBUTOR_CONFIG")
    if asked:
        return Path(asked)
    here = Path("config/distributor.toml")
    return here if here.is_file() else packaged("config") / "distributor.toml"


def load(path: Path) -> Configuration:
    """Read and check the file. Raises BadConfiguration naming the key at fault."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise BadConfiguration(
            f"The configuration {path} cannot be read ({error.strerror}). "
            "Name another one with --config or DISTRIBUTOR_CONFIG."
        ) from None
    except UnicodeDecodeError:
        raise BadConfiguration(f"The configuration {path} is not UTF-8 text.") from None
    try:
        return parse(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise BadConfiguration(f"{path} is not valid TOML: {error}.") from None
    except BadConfiguration as error:
        raise BadConfiguration(f"{path}: {error}") from None


def parse(values: Mapping[str, Any]) -> Configuration:
    """Turn parsed TOML into a Configuration. Raises BadConfiguration."""
    for section, kind in _NAMED_TABLES:
        tables = values.get(section, {})
        for name, table in tables.items() if isinstance(tables, dict) else ():
            _convert(table, kind, f"{section}.{name}")
    configuration: Configuration = _convert(values, Configuration, "")
    _check(configuration)
    return configuration


# Tables under a name of the user's own: checked one by one, so an error can name them.
_NAMED_TABLES: tuple[tuple[str, Any], ...] = (
    ("sources", FolderSource),
    ("channels", ChannelTable),
    ("lists", MailingList),
)


def _convert(values: object, kind: Any, where: str) -> Any:
    try:
        return msgspec.convert(values, kind, dec_hook=_decode)
    except msgspec.ValidationError as error:
        raise BadConfiguration(_explain(str(error), where)) from None


def _decode(kind: type, value: object) -> object:
    """Durations: the one type of the file that TOML does not have."""
    if kind is not Seconds:
        raise NotImplementedError(kind)
    match = _DURATION.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        raise ValueError(f'`{value}` is not a duration like "30s", "5m" or "2h"')
    return Seconds(float(match[1]) * _UNIT_SECONDS[match[2]])


_PROBLEM = re.compile(
    r"(?:Object contains unknown field `(?P<unknown>[^`]+)`"
    r"|Object missing required field `(?P<missing>[^`]+)`"
    r"|(?P<other>.+?))(?: - at `\$\.?(?P<at>[^`]*)`)?",
    re.DOTALL,
)
_SECRET_WORDS = {"key", "secret", "token", "password", "username"}


def _explain(message: str, where: str) -> str:
    """msgspec's words as a sentence that names the key."""
    match = _PROBLEM.fullmatch(message)
    assert match is not None
    at = ".".join(part for part in (where, match["at"]) if part)
    prefix = f"{at}." if at else ""
    if unknown := match["unknown"]:
        if unknown.rsplit("_", 1)[-1] in _SECRET_WORDS:
            return (
                f"secrets never stand in the file: instead of {prefix}{unknown} "
                f"write {unknown}_env or {unknown}_file."
            )
        return f"{prefix}{unknown} is not a known key. Remove it, or check its spelling."
    if missing := match["missing"]:
        return f"{prefix}{missing} is missing. Add it."
    return f"{at or 'the file'}: {match['other']}."


def _check(configuration: Configuration) -> None:
    """What types cannot say."""
    try:
        zoneinfo.ZoneInfo(configuration.organisation.timezone)
    except (KeyError, ValueError, OSError):
        raise BadConfiguration(
            f"organisation.timezone: {configuration.organisation.timezone} "
            'is not a time zone like "Europe/London".'
        ) from None
    counts = [(f"channels.{name}.posts", t.posts) for name, t in configuration.channels.items()]
    for where, number in (
        *counts,
        ("approval.approvals", configuration.approval.approvals),
        ("delivery.attempts", configuration.delivery.attempts),
        ("mail.connections", configuration.mail.connections),
    ):
        if number < 1:
            raise BadConfiguration(f"{where}: {number} is too small, the least is 1.")
    _check_spending(configuration)
    for where, address in _addresses(configuration):
        if not re.match(r"https?://[^/\s]+", address):
            raise BadConfiguration(
                f"{where}: {address} is not an address that begins with https:// or http://."
            )
    for name, source in configuration.sources.items():
        for kind, chosen, known in (
            ("channels", source.channels, configuration.channels),
            ("lists", source.lists, configuration.lists),
        ):
            for unknown in set(chosen or ()) - set(known):
                raise BadConfiguration(
                    f"sources.{name}.{kind}: there is no [{kind}.{unknown}] in the file."
                )
    _check_card(configuration.organisation.card)
    _check_database(configuration.storage)


_LEAST = 0.2  # dollars; what one post with a link costs on X


def _check_spending(configuration: Configuration) -> None:
    for name, channel in configuration.channels.items():
        most = channel.spend_per_day if isinstance(channel, XChannel) else None
        if most is not None and most < _LEAST:
            raise BadConfiguration(
                f"channels.{name}.spend_per_day: {most} dollars pay for no post with a link. "
                f"The least is {_LEAST}."
            )


def _check_card(card: QuoteCards) -> None:
    for name in ("background", "foreground", "accent"):
        colour = getattr(card, name)
        if not re.fullmatch(r"#[0-9A-Fa-f]{6}", colour):
            raise BadConfiguration(
                f'organisation.card.{name}: {colour} is not a colour like "#0a6b66".'
            )
    if card.enabled and not card.font_files:
        raise BadConfiguration(
            "organisation.card.font_files is empty. Name the font files that cards are lettered "
            'with, for example "/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf".'
        )


def _addresses(configuration: Configuration) -> list[tuple[str, str]]:
    found = [("web.url", configuration.web.url)]
    if configuration.organisation.site:
        found.append(("organisation.site", configuration.organisation.site))
    for name, channel in configuration.channels.items():
        match channel:
            case XChannel():
                found.append((f"channels.{name}.api", channel.api))
            case BlueskyChannel():
                found.append((f"channels.{name}.service", channel.service))
            case MastodonChannel():
                found.append((f"channels.{name}.instance", channel.instance))
    return found


def _check_database(storage: Storage) -> None:
    scheme = storage.url.split(":", 1)[0]
    if scheme not in {"sqlite", "postgresql", "postgres"} or "://" not in storage.url:
        raise BadConfiguration(
            f"storage.database: {scheme}:… is not a database this program knows. "
            'Write "sqlite:///var/distributor.sqlite3" or "postgresql://user@host/name".'
        )
