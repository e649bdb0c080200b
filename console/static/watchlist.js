// Watchlists: keys on the list of candidates, and a file read into the form of the text.
"use strict";

const KEYS = { w: "watch", x: "dismiss", u: "undo" };

function rooms() {
  return [...document.querySelectorAll("[data-room]")];
}

function step(by) {
  const all = rooms();
  const here = all.indexOf(document.activeElement && document.activeElement.closest("[data-room]"));
  const next = all[Math.min(all.length - 1, Math.max(0, here < 0 ? 0 : here + by))];
  if (next) next.focus();
}

// The key presses the button that a person would press: nothing is done that is not on the page.
function press(does) {
  const room = document.activeElement && document.activeElement.closest("[data-room]");
  const button = (room || document).querySelector(`button[name="do"][value="${does}"]`);
  if (button && (room || does === "undo")) button.click();
  else if (does === "undo") {
    const last = document.querySelector('[data-undo] button[name="do"]');
    if (last) last.click();
  }
}

document.addEventListener("keydown", (event) => {
  if (globalThis.haechi.isWriting(event) || !rooms().length && !document.querySelector("[data-undo]")) return;
  const key = event.key.toLowerCase();
  if (key === "j" || key === "k") step(key === "j" ? 1 : -1);
  else if (key in KEYS) press(KEYS[key]);
  else return;
  event.preventDefault();
});

// After a decision the list comes back with the next room in its address.
if (location.hash.startsWith("#room-")) {
  const next = document.getElementById(location.hash.slice(1));
  if (next) next.focus();
}

for (const input of document.querySelectorAll("input[data-into]")) {
  input.closest("[hidden]")?.removeAttribute("hidden");
  input.addEventListener("change", async () => {
    const [file] = input.files;
    if (file) document.getElementById(input.dataset.into).value = await file.text();
  });
}
