"""The queue of faults: which request is meant, and how often."""

from __future__ import annotations

import msgspec
import pytest

from distributor.sandbox.faults import FaultQueue, Rule


@pytest.mark.parametrize(
    ("match", "verb", "target", "meant"),
    [
        pytest.param("POST /2/tweets", "POST", "/2/tweets", True, id="the same"),
        pytest.param("POST /2/tweets", "GET", "/2/tweets", False, id="another verb"),
        pytest.param("GET /2/users", "GET", "/2/users/7/tweets?a=b", True, id="a beginning"),
        pytest.param("* /2", "DELETE", "/2/tweets/7", True, id="any verb"),
        pytest.param("GET *.getRecord*", "GET", "/xrpc/x.getRecord?a", True, id="a pattern"),
        pytest.param("DOT", "DOT", "ana@example.org", True, id="only a verb"),
        pytest.param("RCPT *@example.org", "RCPT", "ben@example.net", False, id="another domain"),
    ],
)
def test_a_rule_means_a_verb_and_a_beginning_or_a_pattern(
    match: str, verb: str, target: str, meant: bool
) -> None:
    assert Rule(match=match, do="status").matches(verb, target) is meant


def test_a_rule_lets_the_first_requests_pass_and_then_applies_some_times() -> None:
    queue = FaultQueue()
    queue.add({"match": "POST /", "do": "drop_after", "after": 1, "times": 2})
    taken = [queue.take("POST", "/") for _ in range(5)]
    assert [rule is not None for rule in taken] == [False, True, True, False, False]
    assert queue.pending() == []


def test_a_rule_without_times_applies_until_it_is_cleared() -> None:
    queue = FaultQueue()
    queue.add(Rule(match="* /", do="status", times=None))
    assert all(queue.take("GET", "/") for _ in range(10))
    queue.clear()
    assert queue.take("GET", "/") is None


def test_rules_apply_in_the_order_they_were_added() -> None:
    queue = FaultQueue()
    queue.add({"match": "* /", "do": "status"})
    queue.add({"match": "* /", "do": "drop_before"})
    assert [rule.do for _ in range(2) if (rule := queue.take("GET", "/"))] == [
        "status",
        "drop_before",
    ]


def test_the_callers_own_rule_is_not_used_up() -> None:
    rule = Rule(match="* /", do="status", after=1)
    for queue in (FaultQueue(), FaultQueue()):
        queue.add(rule)
        assert queue.take("GET", "/") is None
    assert rule.after == 1


@pytest.mark.parametrize("rule", [{"match": "* /", "do": "explode"}, {"match": "* /", "od": 1}])
def test_a_malformed_rule_is_refused(rule: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        FaultQueue().add(rule)
