// Point at a post, or at a part of it, and the statement shows where it says that;
// point at the statement and the posts show what became of it.
(() => {
  "use strict";

  const LIT = "lit";
  const lit = new Set();

  const light = (elements) => {
    lit.forEach((element) => element.classList.remove(LIT));
    lit.clear();
    elements.forEach((element) => {
      element.classList.add(LIT);
      lit.add(element);
    });
  };

  const saying = (segments) => {
    const keys = new Set([...segments].map((segment) => segment.id));
    return [...document.querySelectorAll("[data-said]")].filter((piece) =>
      piece.dataset.said.split(" ").some((key) => keys.has(key)));
  };

  const said = (piece) =>
    piece.dataset.said.split(" ").map((key) => document.getElementById(key)).filter(Boolean);

  // Show the first lit piece without moving the page under the reader's eyes.
  const bringIntoView = (piece) => {
    const box = piece?.closest(".sources-scroll");
    if (!box || box.scrollHeight <= box.clientHeight) return;
    const top = piece.getBoundingClientRect().top - box.getBoundingClientRect().top;
    if (top < 40 || top > box.clientHeight - 80) box.scrollTop += top - box.clientHeight / 3;
  };

  const follow = (target) => {
    const piece = target.closest("[data-said]");
    if (piece) return light([piece, ...said(piece)]);
    const segment = target.closest(".segment.statement");
    const post = target.closest(".post");
    if (!post) return light([]);
    const segments = segment ? [segment] : post.querySelectorAll(".segment.statement");
    const pieces = saying(segments);
    light([...(segment ? [segment] : []), ...pieces]);
    bringIntoView(pieces[0]);
  };

  for (const event of ["mouseover", "focusin"]) {
    document.addEventListener(event, ({ target }) => {
      if (target instanceof Element) follow(target);
    });
  }
})();
