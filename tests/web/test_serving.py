"""The pages as a TLS proxy meets them: the real program behind an https address."""

from __future__ import annotations

import http.client
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.servers.process import free_port
from tests.waiting import until

HOST = "desk.example.org"
LOGIN = "/accounts/login/"
_CONFIGURATION = """
[storage]
directory = "var"
[web]
url = "https://{host}"
port = {port}
"""


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Where the program serves its pages to the proxy."""
    folder, port = tmp_path_factory.mktemp("behind-a-proxy"), free_port()
    (folder / "distributor.toml").write_text(_CONFIGURATION.format(host=HOST, port=port))
    program = [sys.executable, "-m", "distributor", "--config", "distributor.toml"]
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(__file__).parents[2])}
    subprocess.run([*program, "init"], cwd=folder, env=environment, check=True)
    with (folder / "log").open("w") as log:
        process = subprocess.Popen([*program, "run"], cwd=folder, env=environment, stderr=log)
        try:
            until(lambda: _answers(port))
            yield port
        finally:
            process.terminate()
            process.wait(30)


def _answers(port: int) -> bool:
    try:
        _ask(port, "GET", "/healthz")
    except OSError:
        return False
    return True


def _ask(
    port: int, method: str, path: str, body: str = "", **headers: str
) -> tuple[http.client.HTTPMessage, str]:
    """What the program answers the proxy; the header names are given with underscores."""
    named = {"Host": HOST, "X-Forwarded-Proto": "https"}
    named |= {name.replace("_", "-"): value for name, value in headers.items()}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request(method, path, body or None, named)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.headers, text


def _fail_to_sign_in(port: int, visitor: str, name: str) -> str:
    """The page a visitor from that address gets for a wrong password."""
    headers, page = _ask(port, "GET", LOGIN, X_Forwarded_For=visitor)
    [token] = re.findall(r'csrfmiddlewaretoken" value="(\w+)', page)
    cookies = SimpleCookie(", ".join(headers.get_all("Set-Cookie", [])))
    _, page = _ask(
        port,
        "POST",
        LOGIN,
        urlencode({"csrfmiddlewaretoken": token, "login": name, "password": "wrong"}),
        X_Forwarded_For=visitor,
        Cookie=f"__Host-csrf={cookies['__Host-csrf'].value}",
        Origin=f"https://{HOST}",
        Content_Type="application/x-www-form-urlencoded",
    )
    return page


def test_the_connection_counts_as_encrypted(port: int) -> None:
    headers, _ = _ask(port, "GET", LOGIN)
    assert "max-age" in headers["Strict-Transport-Security"]


def test_attempts_to_sign_in_are_counted_for_the_visitor_not_for_the_proxy(port: int) -> None:
    for number in range(10):
        _fail_to_sign_in(port, "203.0.113.7", f"name {number}")
    assert "Too many attempts" in _fail_to_sign_in(port, "203.0.113.7", "Cleo")
    assert "do not belong together" in _fail_to_sign_in(port, "203.0.113.8", "Ana")


def test_nobody_can_fill_the_disk_with_an_upload(port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.putrequest("POST", LOGIN)
    connection.putheader("Content-Length", str(10**9))
    connection.endheaders()  # and not one byte of it
    assert connection.getresponse().status == 413
    connection.close()
