"""What a thread says and what it leaves out."""

from __future__ import annotations

import pytest

from distributor.rendering.anatomy import take_apart
from distributor.rendering.condense import choose, describe
from distributor.rendering.measure import measure_for
from distributor.rendering.posts import Writer
from distributor.rendering.threads import Ruler
from distributor.rendering.trace import Marks
from distributor.rendering.units import Role
from distributor.statements.values import Block, Heading, ItemList, Quote, Wording
from tests.rendering.editions import LIMITS, LINK, TEMPLATES, wording

NEWS = "Today the Forum learned with dismay that its chair was arrested in the capital."
DEPLORES = "The Forum deplores the arrest, which is reportedly the ninth this year."
BACKGROUND = "The chair has led the Forum for eleven years."
CALLS = "The Forum calls on the government to release its chair."


def _roles(statement: Wording) -> list[Role]:
    return [unit.role for unit in take_apart(statement)]


def _said(statement: Wording, kind: str = "x", *, single: bool = False, most: int = 12) -> str:
    """Everything a thread says, in one text."""
    values = {
        "language": statement.language,
        "link": LINK,
        "hashtags": [],
        "mentions": [],
        "organisation": "The Forum",
    }
    writer = Writer(TEMPLATES / "posts", kind, values, Marks([]))
    ruler = Ruler(writer, measure_for(kind, LIMITS[kind], 23))
    choice = choose(statement, ruler, single=single, most=most)
    return "\n".join(" ".join(piece.text for piece in post) for post in choice.posts)


def test_the_anatomy_of_a_statement() -> None:
    statement = wording(NEWS, BACKGROUND, DEPLORES, CALLS, "Freedom will prevail.")
    assert _roles(statement) == [
        Role.NEWS,
        Role.BACKGROUND,
        Role.POSITION,
        Role.DEMAND,
        Role.CLOSING,
    ]


def test_a_list_belongs_to_the_sentence_before_it() -> None:
    statement = wording(NEWS, "Winter is near. We call on states to:", ItemList(("act;", "pay.")))
    *_, last = take_apart(statement)
    assert [sentence.text for sentence in last.sentences] == [
        "We call on states to:",
        "act;",
        "pay.",
    ]


@pytest.mark.parametrize(
    "aside",
    [
        pytest.param((Heading("Notes to editors"), "The vote was on Monday."), id="notes"),
        pytest.param((Heading("About the Forum"), "The Forum is a network."), id="about"),
        pytest.param(("Contact: press@example.org",), id="contact"),
        pytest.param(("[1] The Ordinance, Article 23.",), id="footnote"),
        pytest.param(("– ENDS –",), id="end mark"),
        pytest.param(("About the Forum: Founded in 2016, it unites us all.",), id="about, run in"),
    ],
)
def test_what_stands_beside_the_statement_is_not_posted(aside: tuple[str | Heading, ...]) -> None:
    said = _said(wording(NEWS, DEPLORES, *aside), "mastodon")
    assert str(aside[-1]) not in said
    assert DEPLORES in said


def test_a_short_statement_is_said_whole_with_its_title() -> None:
    assert _said(wording(NEWS, title="On the arrest")) == f"On the arrest {NEWS}"


def test_background_goes_first_and_demands_never() -> None:
    demands = tuple(f"release prisoner number {number} without delay;" for number in range(9))
    statement = wording(
        NEWS, *[BACKGROUND] * 12, DEPLORES, "We call on states to:", ItemList(demands)
    )
    said = _said(statement, most=4)
    assert said.count(BACKGROUND) < 12
    assert all(demand in said for demand in demands)
    assert DEPLORES in said


def test_what_is_kept_keeps_its_order() -> None:
    statement = wording(NEWS, CALLS, DEPLORES, *[BACKGROUND] * 30, "Freedom will prevail.")
    said = _said(statement, most=3)
    assert said.index(NEWS) < said.index(CALLS) < said.index(DEPLORES)


def test_what_points_back_never_stands_alone() -> None:
    points_back = "These bounties, which we condemn, threaten everyone."
    statement = wording(NEWS, "It offered bounties.", points_back, *[BACKGROUND] * 40)
    said = _said(statement, most=3)
    assert said.index("It offered bounties.") < said.index(points_back)


def test_a_list_is_told_whole_in_a_longer_thread() -> None:
    demands = tuple(f"Release prisoner {number}, {'and his family ' * 12}" for number in range(15))
    said = _said(wording(NEWS, CALLS, "We call on states to:", ItemList(demands)))
    assert all(f"prisoner {number}," in said for number in range(15))
    assert 12 < said.count("\n") + 1 <= 24


def test_demands_that_do_not_fit_are_not_told_in_part() -> None:
    demands = ItemList(tuple(f"Release prisoner number {number} at once." for number in range(90)))
    said = _said(wording(NEWS, "We call on states to:", demands), most=3)
    assert "prisoner" not in said
    assert NEWS in said


def test_a_summary_prefers_positions_to_background() -> None:
    said = _said(wording(NEWS, BACKGROUND, *[DEPLORES] * 9, title="Arrest"), single=True)
    assert DEPLORES in said
    assert BACKGROUND not in said


def test_a_quotation_stays_with_its_speaker() -> None:
    speech = "“We go on,” said Ana Whitfield. “Nobody will stop us.”"
    units = take_apart(wording(NEWS, speech))
    assert [len(unit.sentences) for unit in units] == [1, 2]


def test_a_summary_leaves_no_quotation_open() -> None:
    speech = "The chair said: “We go on. " + "Nobody will ever stop us here. " * 9 + "Never.”"
    assert _said(wording(speech, title="On the arrest"), single=True) == "On the arrest"


def test_what_was_left_out_is_told_in_words() -> None:
    statement = wording(*["One. Two."] * 9, ItemList(("a", "b")))
    left = {"title": True, 1: True, 2: False, 4: True, 5: True, 6: True, 9: True}
    assert describe(left, statement) == [  # type: ignore[arg-type]
        "the title",
        "paragraphs 2 and 5 to 7",
        "part of paragraph 3",
        "list 1",
    ]


def test_what_others_say_is_never_taken_for_a_position() -> None:
    quotation = Quote("I ask for mercy. I condemn nobody.")
    statement = wording(NEWS, "She wrote from prison:", quotation, DEPLORES, CALLS)
    assert _roles(statement) == [Role.NEWS, Role.BACKGROUND, Role.POSITION, Role.DEMAND]


@pytest.mark.parametrize(
    "blocks",
    [
        pytest.param(("The chair said:", Quote("We go on.")), id="speaker before"),
        pytest.param((Quote("We go on."), "— Ana Whitfield, chair"), id="speaker after"),
        pytest.param(("“We go on,” Ana said. “It is late.", "“We stay.”"), id="over paragraphs"),
    ],
)
def test_a_quotation_is_kept_with_its_speaker_or_not_at_all(
    blocks: tuple[str | Quote, ...],
) -> None:
    unit = take_apart(wording(NEWS, *blocks, CALLS))[1]
    assert {sentence.span.block for sentence in unit.sentences} == {1, 2}


VERDICT = "A court in the capital sentenced five activists to seven years in prison on Monday."
HEARING = (
    "The trial lasted four hours, none of the witnesses whom the defence had named was heard, "
    "and neither the families of the accused nor any of the eleven diplomats who had come to "
    "the court on Monday morning were allowed to watch it."
)
LONG_TITLE = (
    "Verdict in the trial of the five activists of the harbour who had held a vigil for the "
    "fishermen drowned in the storm of last November"
)


def _lead(*blocks: Block | str, title: str = "Verdict in the trial", kind: str = "x") -> str:
    statement = wording(*blocks, *["The appeal will be heard later. " * 9] * 3, title=title)
    return _said(statement, kind).split("\n")[0]


def test_a_lead_without_an_opinion_takes_the_first_one() -> None:
    assert _lead(VERDICT, HEARING, CALLS) == f"Verdict in the trial {VERDICT} {CALLS}"


def test_an_opinion_is_worth_more_to_a_lead_than_the_title() -> None:
    assert _lead(VERDICT, HEARING, CALLS, title=LONG_TITLE) == f"{VERDICT} {CALLS}"


def test_a_lead_that_has_no_room_for_its_news_takes_the_title_and_an_opinion() -> None:
    news = "A court in the capital sentenced five activists to seven years in prison " * 4
    assert _lead(news, CALLS) == f"Verdict in the trial {CALLS}"


def test_a_lead_that_says_what_we_think_leaves_the_rest_in_its_place() -> None:
    assert CALLS not in _lead(NEWS, HEARING, CALLS)


@pytest.mark.parametrize(
    "opinion",
    [
        pytest.param("We therefore call on the court to think again.", id="a step of an argument"),
        pytest.param("We condemn this practice.", id="points to what was passed"),
        pytest.param("We call on Mr. Okoro to resign.", id="names whom it has not introduced"),
        pytest.param("“We call on everyone to resign,” said the union.", id="said by others"),
    ],
)
def test_a_lead_takes_no_opinion_that_needs_what_was_passed(opinion: str) -> None:
    chair = "The bench was chaired by Judge Ignatius Okoro."
    assert opinion not in _lead(VERDICT, chair, HEARING, opinion)


def test_a_letter_keeps_its_order() -> None:
    lead = _lead("Dear Madam President,", VERDICT, HEARING, CALLS)
    assert lead == f"Verdict in the trial Dear Madam President, {VERDICT}"


@pytest.mark.parametrize("greeting", ["Dear Madam President,", "To: the President of the Council"])
def test_the_news_of_a_letter_is_not_its_greeting(greeting: str) -> None:
    said = _said(wording(greeting, VERDICT, *[BACKGROUND] * 9), single=True)
    assert VERDICT in said
    assert greeting not in said


def test_a_farewell_takes_the_unfinished_sentence_before_it_along() -> None:
    statement = wording(NEWS, CALLS, "We would welcome a meeting, and remain", "Yours sincerely,")
    assert _roles(statement) == [Role.NEWS, Role.DEMAND, Role.SIGNATURES]


def test_the_rows_of_a_table_stay_together() -> None:
    rows = ("Ana Whitfield United Kingdom", "Jonas Weber Germany", "Kenji Tanaka Japan")
    statement = wording(NEWS, *rows, CALLS)
    assert _roles(statement) == [Role.NEWS, Role.SIGNATURES, Role.DEMAND]


def test_a_remote_account_is_no_contact() -> None:
    assert "@ana@example.social" in _said(wording(NEWS, "Ask @ana@example.social.", DEPLORES))


def test_supporters_are_no_demand() -> None:
    statement = wording(NEWS, CALLS, "This statement is supported by:", ItemList(("A", "B")))
    assert _roles(statement)[-1] is Role.SIGNATURES


@pytest.mark.parametrize(
    "sentence",
    [
        pytest.param("His family said that he had asked to see a doctor.", id="asked"),
        pytest.param("None of these requests is new.", id="a noun"),
        pytest.param("“We demand justice,” said the widow.", id="in a quotation"),
        pytest.param("“We had no notice”, regrets her lawyer.", id="the verb of who speaks"),
    ],
)
def test_what_is_told_of_asking_is_no_demand(sentence: str) -> None:
    assert _roles(wording(NEWS, sentence, BACKGROUND))[1] is Role.BACKGROUND


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("fr", "La liberté de la presse ne s’use que si l’on ne s’en sert pas."),
        ("cs", "Ministerstvo na žádost novinářů nevydalo žádné stanovisko."),
    ],
)
def test_words_that_look_like_asking_are_no_demand(language: str, sentence: str) -> None:
    statement = wording("Kvak.", sentence, "Kvak.", language=language)
    assert _roles(statement)[1] is Role.BACKGROUND


def test_a_german_article_does_not_point_back() -> None:
    statement = wording("Kvak.", "Das Bündnis fordert Ruhe.", "Das ist alles.", language="de")
    assert [unit.points_back for unit in take_apart(statement)] == [False, False, True]


RECITAL = "Recalling its resolution of 14 June 2024 on the arrest of the chair of the Forum,"


def test_the_news_of_a_resolution_is_not_who_resolves() -> None:
    said = _said(wording("The Assembly,", RECITAL, ItemList(("Condemns it;", "Urges all."))))
    assert said.startswith(f"On the arrest The Assembly, {RECITAL}")


def test_a_resolution_is_summed_up_by_its_title() -> None:
    statement = wording("The Assembly,", *[RECITAL] * 5, ItemList(("Condemns it;", "Urges all.")))
    assert _said(statement, single=True) == "On the arrest"


def test_a_summary_tells_what_points_back_to_what_it_tells() -> None:
    opinion = "It cannot support the Bill."
    news = "The Forum has studied the Bill on the safety of the press."
    assert opinion in _said(wording(news, opinion, *[BACKGROUND] * 9), single=True)
    assert opinion not in _said(wording(news, BACKGROUND, opinion, *[HEARING] * 9), single=True)


def test_a_denial_is_not_told_without_what_follows_it() -> None:
    units = take_apart(wording(NEWS, "We do not oppose trade. We oppose silence."))
    assert [len(unit.sentences) for unit in units] == [1, 2]


def test_a_summary_tells_all_lists_or_none() -> None:
    few, many = ItemList(("wait.",)), ItemList(tuple(f"act on case {n} now." for n in range(40)))
    said = _said(wording(NEWS, "States should:", many, "Others should:", few), single=True)
    assert "wait" not in said


def test_a_summary_drops_its_title_for_an_opinion() -> None:
    said = _said(wording(VERDICT, *[BACKGROUND] * 9, CALLS, title=LONG_TITLE), single=True)
    assert said == f"{VERDICT} {CALLS}"


def test_whoever_is_named_in_a_kept_unit_has_been_introduced() -> None:
    introduction = "The bench was chaired by Judge Ignatius Okoro."
    named = "We condemn the conduct of Okoro."
    said = _said(wording(NEWS, introduction, *[BACKGROUND] * 40, named), most=3)
    assert said.index(introduction) < said.index(named)


def test_the_news_is_not_that_a_statement_follows() -> None:
    preface = "The following statement was issued by the secretariat on behalf of all members."
    statement = wording(preface, VERDICT, CALLS)
    assert _roles(statement) == [Role.ASIDE, Role.NEWS, Role.DEMAND]
    assert preface not in _said(statement, "mastodon")


@pytest.mark.parametrize(
    ("language", "line", "aside"),
    [
        ("de", "Über das Bündnis", True),
        ("de", "Über das Bündnis der Täter", False),
        ("es", "Sobre la alianza", True),
        ("es", "Sobre la red de corrupción", False),
    ],
)
def test_a_heading_about_us_is_not_one_about_others(language: str, line: str, aside: bool) -> None:
    statement = wording("Kvak.", Heading(line), "Kvak, kvak.", language=language)
    assert (Role.ASIDE in _roles(statement)) is aside


def test_a_paragraph_about_something_that_asks_is_a_demand() -> None:
    statement = wording(NEWS, "About the Verdict: we call on the court to think again.", BACKGROUND)
    assert _roles(statement)[1] is Role.DEMAND


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        pytest.param("ja", "署名の前に、記者の釈放を求める。", id="signature"),
        pytest.param("zh-Hans", "关于此事，我们表示遗憾。", id="about"),
        pytest.param("en", "Signed treaties must be kept.", id="signed"),
    ],
)
def test_a_sentence_is_no_line_beside_the_statement(language: str, sentence: str) -> None:
    statement = wording("国会是昨天开的。", sentence, "谢谢。", language=language)
    assert _roles(statement)[1] in (Role.POSITION, Role.DEMAND)


@pytest.mark.parametrize(
    "sentence",
    [
        pytest.param("At least 37 are believed to be held.", id="believed"),
        pytest.param("None of it helps the person concerned.", id="concerned"),
        pytest.param("Protests took place in nine towns.", id="protests"),
    ],
)
def test_what_others_believe_is_no_position_of_ours(sentence: str) -> None:
    assert _roles(wording(NEWS, sentence, BACKGROUND))[1] is Role.BACKGROUND


@pytest.mark.parametrize(
    ("sentence", "role"),
    [
        pytest.param("His lawyer said that the money must be paid.", Role.BACKGROUND, id="said"),
        pytest.param(
            "We condemn the arrest of Li, who is said to be ill.", Role.POSITION, id="ours"
        ),
    ],
)
def test_what_is_told_of_others_is_no_position(sentence: str, role: Role) -> None:
    assert _roles(wording(NEWS, sentence, BACKGROUND))[1] is role


def test_a_demand_is_told_with_what_its_section_begins_with() -> None:
    ruling = "The court ruled on Tuesday that the ban is unlawful."
    statement = wording(NEWS, *[BACKGROUND] * 40, Heading("A ruling"), ruling, HEARING, CALLS)
    said = _said(statement, most=3)
    assert said.index("A ruling") < said.index(ruling) < said.index(CALLS)
    assert HEARING not in said


def test_a_summary_takes_nothing_from_the_middle_of_a_section() -> None:
    section = (
        Heading("A ruling"),
        "The court ruled on the ban. " + "It did. " * 30,
        "We welcome it.",
    )
    said = _said(wording(NEWS, BACKGROUND, *section), single=True)
    assert "welcome" not in said


def test_a_formula_that_ends_a_letter_is_no_demand() -> None:
    formula = "Nous vous prions d’agréer, Madame, l’expression de notre haute considération."
    statement = wording(
        "Ils ont été arrêtés.", "Nous demandons leur libération.", formula, language="fr"
    )
    assert _roles(statement) == [Role.NEWS, Role.DEMAND, Role.SIGNATURES]


def test_a_position_that_a_demand_points_back_to_is_still_one() -> None:
    follows = "Therefore we call on the court to think again."
    said = _said(wording(NEWS, DEPLORES, follows, *[BACKGROUND] * 9), single=True)
    assert DEPLORES in said


@pytest.mark.parametrize(
    ("language", "verbs"),
    [
        ("en", "We demand, We urge, We call on, We insist, We request, The Forum asks the"),
        ("de", "Wir fordern, Die Allianz fordert, Wir verlangen, Wir rufen, Wir bitten"),
        ("fr", "Nous demandons, L’Alliance demande, Nous exigeons, Nous invitons, Nous appelons"),
        ("es", "Exigimos, Pedimos, Instamos, Solicitamos, Le rogamos, Hacemos un llamamiento"),
        ("cs", "Vyzýváme, Požadujeme, Žádáme, Apelujeme, Aliance vyzývá"),
        ("uk", "Закликаємо, Вимагаємо, Просимо, Альянс закликає"),
        ("ar", "ندعو, نطالب, نحث, نناشد, ويدعو التحالف"),
        ("ja", "求める, 要求する, 要請する, 呼びかける, 訴える"),
        ("zh-Hant", "呼籲, 要求, 敦促"),
        ("zh-Hans", "呼吁, 要求, 敦促"),
    ],
)
def test_demands_are_known_by_their_verbs(language: str, verbs: str) -> None:
    for verb in verbs.split(", "):
        statement = wording("Kvak.", f"{verb} xxx.", "Kvak.", language=language)
        assert _roles(statement)[1] is Role.DEMAND, verb


@pytest.mark.parametrize(
    ("language", "verbs"),
    [
        ("en", "We condemn, We welcome, We reject, We protest, We regret, We oppose, We believe"),
        ("de", "Wir verurteilen, Wir begrüßen, Wir bedauern, Wir protestieren, Wir halten dies"),
        (
            "fr",
            "Nous condamnons, Nous dénonçons, Nous nous opposons, Nous saluons, Nous protestons",
        ),
        ("es", "Condenamos, Celebramos, Rechazamos, Lamentamos, Nos oponemos"),
        ("cs", "Odsuzujeme, Vítáme, Odmítáme, Litujeme, Nesouhlasíme"),
        ("uk", "Засуджуємо, Вітаємо, Відкидаємо, Протестуємо"),
        ("ar", "ندين, نرحب, نرفض, نستنكر, نأسف"),
        ("ja", "強く非難する, 歓迎する, 反対する, 抗議する"),
        ("zh-Hant", "譴責, 歡迎, 反對, 抗議, 遺憾"),
        ("zh-Hans", "谴责, 欢迎, 反对, 抗议, 遗憾"),
    ],
)
def test_positions_are_known_by_their_verbs(language: str, verbs: str) -> None:
    for verb in verbs.split(", "):
        statement = wording("Kvak.", f"{verb} xxx.", "Kvak.", language=language)
        assert _roles(statement)[1] is Role.POSITION, verb


def test_a_farewell_is_not_parted_from_the_names() -> None:
    names = [
        f"Member {number} of the committee for foreign affairs of the Senate" for number in "123"
    ]
    posts = _said(wording(HEARING, CALLS, DEPLORES * 2, "Yours sincerely,", *names)).split("\n")
    assert f"Yours sincerely, {names[0]}" in posts[-1]


def test_a_farewell_is_told_with_all_its_names_or_not_at_all() -> None:
    names = [f"Member number {number} of the parliament" for number in range(20)]
    letter = (*[BACKGROUND] * 9, CALLS, "Yours sincerely,", *names)
    assert "Yours" not in _said(wording(VERDICT, *letter))
    assert "Yours" in _said(wording(VERDICT, *letter[:13]))
