"""What web pages write around a statement, in the languages statements are pasted from."""

from __future__ import annotations

# Patterns of whole lines, compared without regard to case.
# ruff: noqa: E501
LINES = """
next|previous|(?:next|previous|older|newer) (?:article|post|page|story|news|statement|entry|item)s?|older|newer
read (?:more|next|also|on)|see also|learn more|show more|load more|view all|see all|more
share|share this|share (?:this )?(?:article|page|post|story|statement)|share(?: this)? (?:on|via|with) .{1,20}|tweet|tweet this|post on x
facebook|twitter|x|linkedin|whatsapp|telegram|instagram|youtube|bluesky|mastodon|e-?mail|copy link|link copied!?
print|print this (?:page|article)|print(?:er)?[- ]friendly(?: version)?|download(?: pdf)?|save|bookmark
subscribe|follow us|follow us on .{1,20}|sign up|sign in|log ?in|donate|donate now|sign up (?:for|to) (?:our|the) newsletter|subscribe to our newsletter
back|back to top|(?:back|return) to (?:news|all news|list|home|overview|press releases|statements|newsroom)|go back|top|scroll to top
tags?:.{0,60}|filed under:.{0,60}|posted in:?.{0,60}|categor(?:y|ies):.{0,60}|comments|leave a comment|no comments|0 comments
about|about us|news|newsroom|press|press releases|statements|contact us|events|publications|campaigns|our work|get involved|english|français|deutsch|español|中文|日本語|العربية
skip to (?:main )?(?:content|navigation)|menu|main menu|search|close|home|cookie settings|accept(?: all)? cookies|toggle navigation
\\d+ min(?:ute)?s?(?: read)?|reading time:?.{0,20}|listen to (?:this )?article|©.{0,80}|copyright ©?.{0,80}|all rights reserved\\.?
(?:nächster|vorheriger|nächste|vorherige) (?:artikel|beitrag|meldung|seite)|weiterlesen|mehr lesen|mehr erfahren|teilen|artikel teilen|auf .{1,20} teilen
drucken|seite drucken|nach oben|zurück|zurück zur übersicht|zum inhalt springen|zum seitenanfang|startseite|merken|kommentare
(?:article|page|actualité) (?:suivante?|précédente?)|suivant|précédent|lire la suite|lire aussi|en savoir plus|partager|partager (?:sur .{1,20}|cet article)
imprimer|haut de page|retour en haut|retour|retour à la liste|aller au contenu|accueil
(?:siguiente|anterior) (?:artículo|noticia)|(?:artículo|noticia) (?:siguiente|anterior)|siguiente|anterior|leer más|seguir leyendo|compartir|compartir en .{1,20}
imprimir|volver arriba|volver|ir al contenido|inicio
articolo (?:successivo|precedente)|leggi tutto|leggi anche|condividi|condividi su .{1,20}|stampa|torna su|torna indietro|vai al contenuto
(?:próximo|anterior) artigo|artigo (?:seguinte|anterior)|leia mais|partilhar|compartilhar|voltar|voltar ao topo
(?:další|předchozí|následující) (?:článek|zpráva)|číst dále|číst více|sdílet|sdílet na .{1,20}|tisk|vytisknout|nahoru|zpět|přejít k obsahu
(?:ďalší|predchádzajúci|nasledujúci) článok|čítať ďalej|zdieľať|(?:następny|poprzedni) (?:artykuł|wpis)|czytaj (?:więcej|dalej)|udostępnij|drukuj|wróć
(?:volgende?|vorige?) (?:artikel|bericht)|lees meer|lees verder|delen|afdrukken|terug|naar boven
(?:nästa|föregående|neste|forrige|næste) (?:artikel|artikkel|inlägg|innlegg)|läs mer|les mer|læs mere|dela|skriv ut|tillbaka|tilbage|til toppen
(?:seuraava|edellinen) artikkeli|lue lisää|jaa|(?:kitas|ankstesnis) straipsnis|dalintis|(?:nākamais|iepriekšējais) raksts|dalīties
(?:наступна|попередня) (?:стаття|новина)|читати (?:далі|більше)|поділитися|друк|роздрукувати|нагору|назад
(?:следующая|предыдущая) (?:статья|новость)|читать (?:далее|ещё)|поделиться|печать|наверх
[上下]一(?:篇|頁|页|則|则|條|条)|分享|分享[到至].{1,10}|列印|打印|返回|返回(?:頂部|顶部|首頁|首页|列表)|回到頂部|回顶部|閱讀更多|阅读更多|更多|首頁|首页
[次前]の(?:記事|ページ)|[次前]へ|続きを読む|もっと(?:読む|見る)|シェア|シェアする|ツイート|印刷|(?:ページ)?トップ[へに]戻る|ページトップへ|一覧[へに]戻る|ホーム
(?:다음|이전) ?(?:글|기사|페이지)|더 ?보기|공유|공유하기|인쇄|목록|맨 위로
المقال (?:التالي|السابق)|التالي|السابق|اقرأ المزيد|اقرأ أيضا|شارك|مشاركة|طباعة|العودة إلى الأعلى|الرئيسية
""".strip().splitlines()

# Such a line at the end opens a collection of other pages' titles.
MORE_PAGES = """
related|related (?:articles?|posts?|news|stories|content|links|statements)|you (?:may|might) also like|(?:latest|recent|other) (?:news|posts|statements|articles|stories)
more (?:news|stories|statements|articles)(?: .{1,30})?|ähnliche (?:artikel|beiträge)|verwandte (?:artikel|beiträge)|weitere (?:artikel|meldungen|beiträge)
(?:articles?|contenus?) (?:liés?|similaires?)|à lire aussi|(?:artículos|noticias) relacionad[ao]s|articoli correlati|(?:artigos|notícias) relacionad[ao]s
související (?:články|zprávy)|súvisiace články|powiązane artykuły|gerelateerde (?:artikelen|berichten)|relaterade artiklar|relaterte artikler
схожі (?:статті|новини)|похожие статьи|相關(?:文章|新聞)|相关(?:文章|新闻)|関連(?:記事|ニュース)|관련 ?(?:글|기사)|مقالات ذات صلة
""".strip().splitlines()
