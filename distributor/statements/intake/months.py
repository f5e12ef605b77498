"""The names of the months in the languages statements are written in."""

from __future__ import annotations

# One language a row: twelve columns, forms of a month joined by "/" (nominative, genitive,
# the abbreviation where it is no prefix of three letters or more, the Levantine name).
_NAMES = """
january february march/mar april may june july august september/sept october november december
januar/jänner februar/feber märz/maerz april mai juni juli august september oktober november dezember
janvier février/fevrier mars avril mai juin juillet/juil août/aout septembre octobre novembre décembre/decembre
enero febrero marzo abril mayo junio julio agosto septiembre/setiembre octubre noviembre diciembre
gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre
janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro
januari februari maart/mrt april mei juni juli augustus/augusti september oktober november december
januar februar mars/marts april maj/mai juni juli august september oktober november desember/december
leden/ledna únor/února březen/března duben/dubna květen/května červen/června červenec/července srpen/srpna září říjen/října listopad/listopadu prosinec/prosince
január/januára február/februára marec/marca apríl/apríla máj/mája jún/júna júl/júla august/augusta september/septembra október/októbra november/novembra december/decembra
styczeń/stycznia luty/lutego marzec/marca kwiecień/kwietnia maj/maja czerwiec/czerwca lipiec/lipca sierpień/sierpnia wrzesień/września październik/października listopad/listopada grudzień/grudnia
січень/січня лютий/лютого березень/березня квітень/квітня травень/травня червень/червня липень/липня серпень/серпня вересень/вересня жовтень/жовтня листопад/листопада грудень/грудня
январь/января февраль/февраля март/марта апрель/апреля май/мая июнь/июня июль/июля август/августа сентябрь/сентября октябрь/октября ноябрь/ноября декабрь/декабря
يناير/كانون_الثاني فبراير/شباط مارس/آذار/اذار أبريل/إبريل/ابريل/نيسان مايو/أيار/ايار يونيو/يونيه/حزيران يوليو/يوليه/تموز أغسطس/اغسطس/آب سبتمبر/أيلول/ايلول أكتوبر/اكتوبر/تشرين_الأول/تشرين_الاول نوفمبر/تشرين_الثاني ديسمبر/كانون_الأول/كانون_الاول
ינואר/בינואר פברואר/בפברואר מרץ/מרס/במרץ/במרס אפריל/באפריל מאי/במאי יוני/ביוני יולי/ביולי אוגוסט/באוגוסט ספטמבר/בספטמבר אוקטובר/באוקטובר נובמבר/בנובמבר דצמבר/בדצמבר
sausis/sausio vasaris/vasario kovas/kovo balandis/balandžio gegužė/gegužės birželis/birželio liepa/liepos rugpjūtis/rugpjūčio rugsėjis/rugsėjo spalis/spalio lapkritis/lapkričio gruodis/gruodžio
janvāris/janvārī februāris/februārī marts/martā aprīlis/aprīlī maijs/maijā jūnijs/jūnijā jūlijs/jūlijā augusts/augustā septembris/septembrī oktobris/oktobrī novembris/novembrī decembris/decembrī
jaanuar veebruar märts aprill mai juuni juuli august september oktoober november detsember
tammikuu/tammikuuta helmikuu/helmikuuta maaliskuu/maaliskuuta huhtikuu/huhtikuuta toukokuu/toukokuuta kesäkuu/kesäkuuta heinäkuu/heinäkuuta elokuu/elokuuta syyskuu/syyskuuta lokakuu/lokakuuta marraskuu/marraskuuta joulukuu/joulukuuta
ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noiembrie decembrie
január február március április május június július augusztus szeptember október november december
ιανουάριος/ιανουαρίου φεβρουάριος/φεβρουαρίου μάρτιος/μαρτίου απρίλιος/απριλίου μάιος/μαΐου/μαίου ιούνιος/ιουνίου ιούλιος/ιουλίου αύγουστος/αυγούστου σεπτέμβριος/σεπτεμβρίου οκτώβριος/οκτωβρίου νοέμβριος/νοεμβρίου δεκέμβριος/δεκεμβρίου
ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık
januari februari maret april mei juni juli agustus september oktober november desember
""".strip()  # noqa: E501


def _table() -> dict[str, int]:
    table: dict[str, int] = {}
    for row in _NAMES.splitlines():
        for month, forms in enumerate(row.split(), start=1):
            for form in forms.replace("_", " ").casefold().split("/"):
                table[form] = month
    return table


NAMES = _table()


def _abbreviations() -> dict[str, int | None]:
    """Beginnings of three or more letters, and None where two months share one."""
    short: dict[str, int | None] = {}
    for name, month in NAMES.items():
        for length in range(3, min(len(name), 6)):
            beginning = name[:length]
            short[beginning] = month if short.get(beginning, month) == month else None
    return short


_SHORT = _abbreviations()


def month_number(word: str) -> int | None:
    """The month (1 to 12) that a word names in any of the languages, else None."""
    name = word.casefold().rstrip(".")
    return NAMES.get(name) or _SHORT.get(name)
