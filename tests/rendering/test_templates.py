"""The sandbox of the team's templates: what it allows, refuses and reports."""

from __future__ import annotations

from pathlib import Path

import pytest

from distributor.rendering.templates import TemplateFault, environment, render


def _render(folder: Path, source: str, *, html: bool = False, **values: object) -> str:
    (folder / "post.txt.j2").write_text(source, encoding="utf-8")
    return render(environment(folder, html=html), "post.txt.j2", values)


def test_a_template_writes_what_it_is_given(tmp_path: Path) -> None:
    source = "{% for word in words %}{{ word }}{{ ' ' if not loop.last }}{% endfor %}"
    assert _render(tmp_path, source, words=["Ana", "writes"]) == "Ana writes"


def test_html_is_escaped_whatever_the_name_of_the_file(tmp_path: Path) -> None:
    assert _render(tmp_path, "{{ name }}", html=True, name="<b>") == "&lt;b&gt;"


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("{{ 'x' * 999999999 }}", id="repetition"),
        pytest.param("{{ 9 ** 999999999 }}", id="power"),
        pytest.param("{{ '%999999999d' % 1 }}", id="percent format"),
        pytest.param("{{ 'x'.center(999999999) }}", id="padding method"),
        pytest.param("{{ 'x' | center(999999999) }}", id="padding filter"),
        pytest.param("{{ ''.__class__.__mro__ }}", id="reaching into Python"),
        pytest.param("{{ values.append(1) }}", id="changing a value"),
        pytest.param("{{ values | random }}", id="chance"),
        pytest.param("{% for i in range(9) %}{% endfor %}", id="range"),
        pytest.param("{{ missing }}", id="a name that is not there"),
        pytest.param("{% include 'other.j2' %}", id="a file that is not there"),
        pytest.param("{% if %}", id="bad syntax"),
    ],
)
def test_a_template_is_refused(tmp_path: Path, source: str) -> None:
    with pytest.raises(TemplateFault):
        _render(tmp_path, source, values=[1])


def test_loops_within_loops_stop_after_a_number_of_steps(tmp_path: Path) -> None:
    loops = "{% for a in v %}" * 6 + "{% endfor %}" * 6
    with pytest.raises(TemplateFault, match="more than 100,000 steps"):
        _render(tmp_path, loops, v=list(range(100)))


def test_macros_that_call_themselves_stop(tmp_path: Path) -> None:
    source = "{% macro twice(n) %}{% if n %}{{ twice(n - 1) }}{{ twice(n - 1) }}{% endif %}"
    with pytest.raises(TemplateFault, match="more than 100,000 steps"):
        _render(tmp_path, source + "{% endmacro %}{{ twice(60) }}")


def test_output_without_end_stops(tmp_path: Path) -> None:
    with pytest.raises(TemplateFault, match="more than 200,000 characters"):
        _render(tmp_path, "{% for a in v %}{{ text }}{% endfor %}", v=[1] * 500, text="x" * 1000)


def test_a_fault_names_the_file_and_the_line(tmp_path: Path) -> None:
    (tmp_path / "part.j2").write_text("\n{{ nobody }}", encoding="utf-8")
    with pytest.raises(TemplateFault) as caught:
        _render(tmp_path, "one\n{% include 'part.j2' %}")
    assert (caught.value.file, caught.value.line) == ("part.j2", 2)


def test_a_missing_template_is_named_without_the_way_to_it(tmp_path: Path) -> None:
    (tmp_path / "post.j2").write_text("{% include 'other.j2' %}")
    with pytest.raises(TemplateFault) as raised:
        render(environment(tmp_path, html=False), "post.j2", {})
    assert raised.value.reason == "there is no template other.j2"
