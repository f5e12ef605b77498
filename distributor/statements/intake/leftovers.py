"""What a paste from a web page drags along: navigation before and after the statement."""

from __future__ import annotations

import re

from .draft import Draft, Line

_LONGEST = 60  # characters; navigation is short, a sentence that mentions it is not

# Whole lines, in the languages of the pages statements are pasted from.
_PHRASES = """
next|previous|next article|previous article|next post|previous post|next page|previous page
next story|previous story|older posts?|newer posts?|older|newer
read more|read next|read also|see also|learn more|show more|load more|view all|see all|more
share|share this|share this (?:article|page|post|story|statement)|share(?: this)? on .{1,20}
share via .{1,20}|tweet|tweet this|post on x|facebook|twitter|linkedin|whatsapp|telegram|e-?mail
copy link|link copied|print|print this page|print(?:er)?[- ]friendly(?: version)?|download(?: pdf)?
save|bookmark|subscribe|follow us|follow us on .{1,20}|sign up|sign in|log in|donate|donate now
sign up (?:for|to) (?:our|the) newsletter|subscribe to our newsletter
back|back to top|back to (?:news|all news|list|home|overview|press releases|statements)|go back|top
related|related (?:articles?|posts?|news|stories|content|links)|you may also like|latest news
more (?:news|stories|statements|articles)|recent posts|tags:?.{0,40}|filed under:.{0,40}|comments
leave a comment|skip to (?:main )?content|menu|search|close|home|cookie settings|accept(?: all)? cookies
nächster artikel|vorheriger artikel|nächster beitrag|vorheriger beitrag|weiterlesen|mehr lesen|teilen
artikel teilen|auf .{1,20} teilen|drucken|seite drucken|nach oben|zurück|zurück zur übersicht
zum inhalt springen|ähnliche artikel|verwandte artikel|startseite|mehr erfahren
article suivant|article précédent|suivant|précédent|lire la suite|lire aussi|en savoir plus|partager
partager sur .{1,20}|imprimer|haut de page|retour en haut|retour|articles? liés?|aller au contenu|accueil
artículo siguiente|siguiente artículo|artículo anterior|siguiente|anterior|leer más|seguir leyendo
compartir|compartir en .{1,20}|imprimir|volver arriba|volver|artículos relacionados|ir al contenido|inicio
articolo successivo|articolo precedente|leggi tutto|leggi anche|condividi|condividi su .{1,20}|stampa
torna su|torna indietro|articoli correlati|vai al contenuto
próximo artigo|artigo anterior|leia mais|partilhar|compartilhar|voltar|voltar ao topo|artigos relacionados
další článek|předchozí článek|číst dále|číst více|sdílet|sdílet na .{1,20}|tisk|vytisknout|nahoru|zpět
související články|přejít k obsahu|ďalší článok|predchádzajúci článok|zdieľať
następny artykuł|poprzedni artykuł|czytaj więcej|czytaj dalej|udostępnij|drukuj|wróć|powiązane artykuły
volgend artikel|vorig artikel|lees meer|lees verder|delen|afdrukken|terug|naar boven|gerelateerde artikelen
nästa artikel|föregående artikel|läs mer|dela|skriv ut|tillbaka|neste artikkel|forrige artikkel|les mer
næste artikel|forrige artikel|læs mere|del|seuraava artikkeli|edellinen artikkeli|lue lisää|jaa
наступна стаття|попередня стаття|читати далі|читати більше|поділитися|друк|роздрукувати|нагору|назад
следующая статья|предыдущая статья|читать далее|поделиться|печать|наверх
下一篇|上一篇|下一頁|上一頁|下一页|上一页|下一則|上一則|分享|分享到.{1,10}|列印|打印|返回|返回頂部|返回顶部|回到頂部|閱讀更多|阅读更多
相關文章|相关文章|相關新聞|首頁|首页|次の記事|前の記事|次へ|前へ|続きを読む|もっと読む|シェア|シェアする|印刷|トップへ戻る|ページトップへ|関連記事
다음 글|이전 글|다음 기사|이전 기사|더 보기|공유|공유하기|인쇄|목록
المقال التالي|المقال السابق|التالي|السابق|اقرأ المزيد|اقرأ أيضا|شارك|مشاركة|طباعة|العودة إلى الأعلى
""".strip()

_ARROWS = "←→«»‹›<>«»▲▼↑↓⟵⟶◀▶►◄|· \t"
_NAVIGATION = re.compile("|".join(_PHRASES.splitlines()), re.IGNORECASE)
_NAVIGATION_WITH_TITLE = re.compile(
    r"(?:next|previous|prev|nächster artikel|vorheriger artikel|article suivant|article précédent"
    r"|další článek|předchozí článek|siguiente artículo|下一篇|上一篇|次の記事|前の記事)\s*[:：→←»«]\s*\S.*",
    re.IGNORECASE,
)
_CRUMB = r"[^>»›/|.!?]{1,30}"
_BREADCRUMBS = re.compile(
    rf"(?:home|start|startseite|accueil|inicio|domů|úvod|首頁|首页|ホーム)\s*(?:[>»›/|]\s*{_CRUMB}){{1,6}}",
    re.IGNORECASE,
)
_OBJECT = "\N{OBJECT REPLACEMENT CHARACTER}"


def is_leftover(text: str) -> bool:
    """Whether a line is navigation and not something a person wrote as part of a statement."""
    bare = text.strip(_ARROWS + _OBJECT)
    if not bare:
        return bool(text.strip())
    if len(text) > _LONGEST and not _NAVIGATION_WITH_TITLE.fullmatch(text.strip()):
        return bool(_BREADCRUMBS.fullmatch(text.strip()))
    return any(p.fullmatch(bare) for p in (_NAVIGATION, _NAVIGATION_WITH_TITLE, _BREADCRUMBS))


def remove_leftovers(draft: Draft) -> None:
    """Take navigation off both ends of the page, so that no sentence inside is ever lost."""
    draft.lines = _without(draft, draft.lines)
    draft.lines = _without(draft, draft.lines[::-1])[::-1]


def _without(draft: Draft, lines: list[Line]) -> list[Line]:
    for position, line in enumerate(lines):
        if line.blank:
            continue
        if not is_leftover(line.body):
            return lines[position:]
        draft.repair(line, "page leftover")
    return []
