// What the pages do with JavaScript: live figures, and copying. Everything can be read and done without it.
"use strict";

// An event of the server becomes a DOM event `haechi:KIND` with its values; elements marked with
// data-live="KIND" show its `count`. After missed events pages marked with data-again load anew.
function listen() {
  const kinds = new Set(["again"]);
  for (const element of document.querySelectorAll("[data-live]")) kinds.add(element.dataset.live);
  for (const kind of (document.body.dataset.kinds || "").split(" ")) if (kind) kinds.add(kind);
  const stream = new EventSource("/events");
  for (const kind of kinds) {
    stream.addEventListener(kind, (event) => {
      const values = JSON.parse(event.data);
      show(kind, values);
      document.dispatchEvent(new CustomEvent(`haechi:${kind}`, { detail: values }));
    });
  }
  addEventListener("pagehide", () => stream.close());
}

function show(kind, values) {
  if (!("count" in values)) return;
  for (const element of document.querySelectorAll(`[data-live="${CSS.escape(kind)}"]`)) {
    element.textContent = String(values.count);
    element.hidden = !values.count;
  }
}

// A single-key shortcut must not fire while somebody writes, nor while a Korean syllable is being composed.
function isWriting(event) {
  const element = event.target;
  return event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey || event.altKey ||
    (element instanceof HTMLElement && (element.isContentEditable || element.matches("input, select, textarea")));
}

function copyFrom(button) {
  const source = document.getElementById(button.dataset.copy);
  navigator.clipboard.writeText(source.textContent.trim()).then(() => {
    button.textContent = button.dataset.done;
  });
}

document.addEventListener("click", (event) => {
  const button = event.target instanceof Element && event.target.closest("button[data-copy]");
  if (button) copyFrom(button);
});
for (const button of document.querySelectorAll("button[data-copy]")) button.hidden = false;

// On a telephone the pages stand in one row that is longer than the screen: show where one is.
const here = document.querySelector('.places > li > [aria-current="page"], .more > summary.here');
const row = document.querySelector(".places");
if (here && row && row.scrollWidth > row.clientWidth) row.scrollLeft = here.offsetLeft - row.clientWidth / 2;
if (document.body.dataset.signedIn) listen();

globalThis.haechi = { isWriting };
