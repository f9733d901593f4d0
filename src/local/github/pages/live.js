// Keeps an open page current: fetches it again now and then and swaps the parts marked data-live.
// Forms stand outside those parts, so nothing that somebody types is lost.
const EVERY_MS = 2000;

async function refresh() {
  if (document.hidden) return;
  const response = await fetch(location.href, { headers: { accept: "text/html" } });
  if (!response.ok) return;
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  for (const part of document.querySelectorAll("[data-live]")) {
    const now = fresh.getElementById(part.id);
    if (!now || now.innerHTML === part.innerHTML || part.contains(document.activeElement)) continue;
    const open = [...part.querySelectorAll("details")].map((details) => details.open);
    part.innerHTML = now.innerHTML;
    part.querySelectorAll("details").forEach((details, index) => {
      details.open ||= open[index] ?? false;
    });
  }
}

if (document.querySelector("[data-live]")) setInterval(() => refresh().catch(() => {}), EVERY_MS);
