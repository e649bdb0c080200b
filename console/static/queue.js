// Keys and live updates of the queue. Without it every act is a button and every list is read by loading it again.
"use strict";

const dialog = document.getElementById("keys");
const heading = document.querySelector("[data-page-flag]");
const quiet = document.querySelector("[data-say]");

function showKeys() {
  if (dialog && !dialog.open) dialog.showModal();
}

// Rows of lists, or the parts of a flag's page: J and K go on and back, and stop at the ends.
function move(step) {
  const places = [...document.querySelectorAll("[data-row], [data-part]")].filter((one) => one.checkVisibility());
  if (!places.length) return;
  const here = places.findIndex((one) => one === document.activeElement || one.contains(document.activeElement));
  const next = here < 0 ? (step > 0 ? 0 : places.length - 1) : Math.min(places.length - 1, Math.max(0, here + step));
  places[next].focus();
  places[next].scrollIntoView({ block: "nearest" });
}

function unfold(element) {
  for (let at = element.closest("details"); at; at = at.parentElement.closest("details")) at.open = true;
}

function press(key) {
  const element = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (!element) return false;
  if (element instanceof HTMLInputElement) {
    element.checked = true;
    element.focus();
  } else {
    element.click();
  }
  return true;
}

function duplicate() {
  const field = document.querySelector("[data-duplicate]");
  if (!field) return false;
  const choice = document.querySelector('input[name="disposition"][value="duplicate_of"]');
  if (choice) choice.checked = true;
  field.focus();
  return true;
}

function write() {
  const field = document.querySelector('[data-focus="n"]');
  if (!field) return false;
  unfold(field);
  field.focus();
  return true;
}

// Explicit phrases: all of them open, or all of them folded away again.
function unfoldAll() {
  const folds = [...document.querySelectorAll("[data-fold]")];
  const isOpen = folds.every((one) => one.open);
  for (const one of folds) one.open = !isOpen;
  return folds.length > 0;
}
for (const button of document.querySelectorAll("[data-unfold]")) {
  button.hidden = false;
  button.addEventListener("click", unfoldAll);
}

const ACTS = {
  "?": () => { showKeys(); return true; },
  j: () => { move(1); return true; },
  k: () => { move(-1); return true; },
  d: duplicate,
  n: write,
};

// The letter on the key, also where a Korean layout is on: with it `event.key` is a jamo.
function keyOf(event) {
  if (event.key === "?") return "?";
  const letter = /^Key([A-Z])$/.exec(event.code);
  if (letter) return letter[1].toLowerCase();
  return /^[1-6]$/.test(event.key) ? event.key : "";
}

// Radios are not written into: keys work there too, so that 1, then W, then Enter decides.
function isResting(event) {
  const element = event.target;
  const isChoice = element instanceof HTMLInputElement && (element.type === "radio" || element.type === "checkbox");
  if (isChoice) return event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey || event.altKey;
  return haechi.isWriting(event);
}

document.addEventListener("keydown", (event) => {
  if (event.repeat || isResting(event) || (dialog && dialog.open)) return;
  if (event.shiftKey && event.key !== "?") return;
  const key = keyOf(event);
  if (key && (ACTS[key] ? ACTS[key]() : press(key))) event.preventDefault();
});

// Nobody sends one form twice.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "1";
});
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

for (const button of document.querySelectorAll("[data-keys]")) {
  button.hidden = false;
  button.addEventListener("click", showKeys);
}
const wrong = document.querySelector('[aria-invalid="true"]');
if (wrong) wrong.focus();
else if (heading && !location.hash) heading.focus({ preventScroll: true });

// ---- live: what others do

let fresh = 0;

function tellNew(number) {
  const news = document.querySelector("[data-news]");
  if (!news) return;
  fresh += number;
  const link = news.querySelector("a");
  link.textContent = link.dataset.template.replace("{n}", String(fresh));
  news.hidden = false;
}

function tellGiven(flag, whom) {
  const news = document.querySelector("[data-given]");
  if (!news || news.dataset.given !== whom) return;
  const link = news.querySelector("a");
  link.href = `/queue/${flag}`;
  link.textContent = link.dataset.template.replace("{flag}", flag);
  news.hidden = false;
}

function takeAway(flag) {
  for (const row of document.querySelectorAll(`[data-flag="${CSS.escape(flag)}"]`)) {
    if (row.contains(document.activeElement)) move(1);
    row.remove();
    if (quiet) quiet.textContent = quiet.dataset.taken.replace("{flag}", flag);
  }
}

document.addEventListener("haechi:queue", (event) => {
  const { flag, now, by, number } = event.detail;
  if (now === "new") return tellNew(number);
  if (now === "given") tellGiven(flag, by);
  if (heading) {
    const isOurs = heading.dataset.pageFlag === flag && by !== heading.dataset.me;
    if (isOurs) document.querySelector("[data-taken]").hidden = false;
  } else if (now !== "free") {
    takeAway(flag);
  }
});
