"""What press offices write around and inside a statement, in the languages they write."""

from __future__ import annotations

import re

# Each name is a pattern of a line or its beginning, compared without regard to case.
# ruff: noqa: E501


def _pattern(lines: str) -> re.Pattern[str]:
    return re.compile("|".join(lines.strip().splitlines()), re.IGNORECASE)


SIGNATORIES = _pattern("""
(?:list of |the |original |initial )?(?:co-?)?signator(?:y|ies)(?: to .{1,40})?|(?:co-?)?signed(?: by)?|undersigned|endorsed by
(?:die )?unterzeichne(?:r|rinnen|nde|nden|t von)(?: und unterzeichner)?\\b|mitunterzeichner(?:innen)?|(?:les )?(?:co)?signataires?|signé par
(?:los )?firmantes|firmado por|firmatari|firmato da|signatários|assinado por|signatáři|podepsáni|podpisy|signatári
sygnatariusze|podpisani|(?:mede)?ondertekenaars|ondertekend door|undertecknare|undertecknat av|underskrivere|allekirjoittajat
підписанти|підписали|подписанты|подписали|[聯联連]署(?:人|者|團體|团体)?|署名(?:者|団体|人)?|서명(?:자|단체)?|الموقعون(?: على البيان)?
""")

SECTIONS = _pattern("""
notes? (?:to|for) (?:the )?editors?:?|background(?: (?:information|note))?|(?:media |press )?(?:contacts?|enquiries|inquiries)|for (?:more|further) information|further information
about (?:us|the alliance)|recommendations|footnotes|references|sources
(?:hinweise? (?:für|an) die )?redaktion(?:en)?|hintergrund|kontakt|pressekontakt|für rückfragen|quellen
contexte|contacts? presse|notes aux rédactions|recommandations|antecedentes|contacto|contacto de prensa|notas|contesto|contatti|contexto
pozadí|kontakt pro média|poznámky pro redakce|kontext|tło|achtergrond|bakgrund|контакти|довідка
背景|背景資料|背景资料|聯絡|聯絡方法|联系方式|編輯備註|建議|お問い合わせ|背景説明|배경|문의|خلفية|ملاحظات للمحررين
""")

EMBARGO = _pattern("""
[*\\s]*(?:strictly |under |news |media |press )*(?:embargo(?:ed)?|not for (?:publication|release|broadcast))\\b
[*\\s]*(?:sperrfrist|gesperrt|nicht zu veröffentlichen|sous embargo|(?:bajo )?embargado|sotto embargo|(?:під )?ембарго|эмбарго)\\b
[*\\s]*(?:解禁(?:日時)?|禁(?:止|制)?(?:發佈|发布)|嚴禁發佈|محظور (?:من )?النشر)
""")

RELEASE = _pattern("""
for immediate (?:release|publication)|immediate release|for release|(?:press|media|news) (?:release|statement|notice)
pressemitteilung|medienmitteilung|presseerklärung|presseinformation|zur sofortigen veröffentlichung
communiqué de presse|pour (?:diffusion|publication) immédiate|nota de prensa|comunicado de prensa|para (?:publicación|difusión) inmediata
comunicato stampa|comunicado de imprensa|nota à imprensa|tisková zpráva|tlačová správa|informacja prasowa|komunikat prasowy|persbericht
pressmeddelande|pressemelding|pressemeddelelse|lehdistötiedote|pranešimas spaudai|preses relīze|прес-?реліз|пресс-?релиз
新聞稿|新闻稿|即時(?:發佈|發布)|即时发布|プレスリリース|報道発表|報道関係者各位|보도자료|بيان صحفي|للنشر الفوري
""")

CONTACT = _pattern("""
(?:(?:press|media) )?(?:contacts?|enquiries|inquiries)\\s*:.+
(?:presse)?kontakt\\s*:.+|contact presse\\s*:.+|contacto(?: de prensa)?\\s*:.+
""")

BYLINE = re.compile(r"(?:by|von|par|por|di|door|av|af)\s", re.IGNORECASE)

END_MARK = _pattern("""
(?:#\\s*){3,}|[-–—*\\s]+(?:30|ends?|ende|fin|konec|koniec|fine|slut|кінець|конец)[-–—*\\s]+
ends?[.:]?|/ends?/?|\\[ends?\\]|以上|[(（][完終]?了?[)）]|انتهى
""")

DATE_LABELS = _pattern("""
date|dated|(?:first )?published(?: on)?|posted(?: on)?|issued(?: on)?|released(?: on)?|for release
(?:last )?(?:updated|modified)(?: on)?|datum|(?:veröffentlicht|erschienen|aktualisiert)(?: am)?|stand
(?:publié|mis à jour)(?: le)?|date de publication|(?:publicado|actualizado)(?: el| em)?|fecha
pubblicato(?: il)?|data|publikováno|vydáno|zveřejněno|zverejnené|opublikowano|gepubliceerd(?: op)?
publicerad|publisert|julkaistu|опубліковано|дата|опубликовано|發佈日期|发布日期|發布日期|日期|発表日|公開日|更新日|تاريخ النشر|التاريخ|نشر في
""")
