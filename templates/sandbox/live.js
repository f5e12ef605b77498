// Reload when something new has been posted or received.
const state = async () => (await fetch("/sandbox/state", { cache: "no-store" })).text();
let shown = null;
setInterval(async () => {
  const now = await state().catch(() => shown);
  if (shown !== null && now !== shown) location.reload();
  shown = now;
}, 1500);
