// A handheld scanner types like a keyboard and ends with Enter. This keeps its field ready, says loudly when a scan was
// refused, and never lets two scans run together.
//
// Every `[data-scan]` holds one input. Its form is sent when a scan ends; with `data-swap` on the form the answer
// replaces a region of the page (swap.js) and the field is free for the next scan at once.

const TWICE_WITHIN_MS = 1000;
const SEEN = { code: "", at: 0 };

const sounds = { context: null };

function beep(frequency, milliseconds, times = 1) {
  try {
    sounds.context ??= new AudioContext();
    const context = sounds.context;
    for (let turn = 0; turn < times; turn += 1) {
      const start = context.currentTime + turn * (milliseconds / 1000 + 0.06);
      const tone = context.createOscillator();
      const volume = context.createGain();
      tone.type = "square";
      tone.frequency.value = frequency;
      volume.gain.value = 0.15;
      tone.connect(volume).connect(context.destination);
      tone.start(start);
      tone.stop(start + milliseconds / 1000);
    }
  } catch {
    // A browser without sound still shows red.
  }
}

export function sayDone() {
  beep(1200, 80);
  navigator.vibrate?.(40);
}

export function sayRefused() {
  beep(220, 220, 3);
  navigator.vibrate?.([200, 80, 200, 80, 200]);
}

function ready(input) {
  // A finger may be on its way to another field: only take the focus when nobody holds it.
  if (document.activeElement === document.body || document.activeElement === null || document.activeElement.closest?.("[data-scan]")) {
    input.focus({ preventScroll: true });
  }
}

function warn(scan, kind) {
  const place = scan.querySelector("[data-scan-warning]");
  place.textContent = kind ? place.dataset[kind] : "";
  place.hidden = !kind;
}

function isTwice(code) {
  const now = performance.now();
  const twice = code === SEEN.code && now - SEEN.at < TWICE_WITHIN_MS;
  SEEN.code = twice ? "" : code; // scanned a third time it is meant
  SEEN.at = now;
  return twice;
}

function attach(scan) {
  if (scan.dataset.scanReady) return;
  scan.dataset.scanReady = "1";
  const input = scan.querySelector("input");
  const keyboard = scan.querySelector("[data-scan-keyboard]");

  input.addEventListener("keydown", (event) => {
    if (event.isComposing || event.key === "Process") {
      warn(scan, "composing");
      return;
    }
    if (event.key === "Enter" || (event.key === "Tab" && input.value && !event.shiftKey)) {
      event.preventDefault();
      submit(scan, input);
    }
  });
  input.addEventListener("input", () => {
    // Some scanners on Android put the line break into the text instead of pressing Enter.
    if (/[\r\n]$/.test(input.value)) submit(scan, input);
  });
  input.addEventListener("blur", () => setTimeout(() => ready(input), 200));
  keyboard?.addEventListener("click", () => {
    const shown = keyboard.getAttribute("aria-pressed") === "true";
    keyboard.setAttribute("aria-pressed", String(!shown));
    if (shown) input.setAttribute("inputmode", "none");
    else input.removeAttribute("inputmode");
    input.blur();
    input.focus();
  });
  input.focus({ preventScroll: true });
}

function submit(scan, input) {
  const code = input.value.trim();
  if (!code) return;
  if (isTwice(code)) {
    input.value = "";
    warn(scan, "twice");
    sayRefused();
    return;
  }
  warn(scan, null);
  scan.classList.remove("scan-failed", "scan-done", "scan-waiting");
  const form = input.form;
  form.requestSubmit();
  // The form's data were taken when it was sent: the field is free for the next scan at once.
  if (form.dataset.swap !== undefined) input.value = "";
}

document.addEventListener("swap:waiting", (event) => {
  const scan = event.detail.form.querySelector("[data-scan]") ?? document.querySelector("[data-scan]");
  if (!scan) return;
  scan.classList.remove("scan-failed", "scan-done");
  scan.classList.add("scan-waiting");
  beep(600, 90, 2);
  ready(scan.querySelector("input"));
});

document.addEventListener("swap:done", (event) => {
  attachAll(document);
  const scan = event.detail.form?.querySelector("[data-scan]") ?? document.querySelector("[data-scan]");
  if (!scan) return;
  scan.classList.remove("scan-waiting");
  scan.classList.toggle("scan-failed", !event.detail.ok);
  scan.classList.toggle("scan-done", event.detail.ok);
  (event.detail.ok ? sayDone : sayRefused)();
  ready(scan.querySelector("input"));
});

function attachAll(root) {
  root.querySelectorAll("[data-scan]").forEach(attach);
}

// A scan counts wherever the last touch left the focus: on a button, a heading, a choice that was just made. Whoever types
// into another field means that field; a blank and Enter stay with the button that has the focus.
const TYPES_HERE = "input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable], dialog *";
document.addEventListener("keydown", (event) => {
  if (event.key.length !== 1 || event.key === " " || event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.target.closest?.(TYPES_HERE)) return;
  document.querySelector("[data-scan] input")?.focus({ preventScroll: true });
});
document.addEventListener("change", (event) => {
  if (event.target.matches("input[type=radio], input[type=checkbox]")) event.target.form?.querySelector("[data-scan] input")?.focus({ preventScroll: true });
});

attachAll(document);
if (document.querySelector("[data-scan]") && document.querySelector("#messages .alert-danger")) {
  document.querySelector("[data-scan]").classList.add("scan-failed");
  sayRefused();
}
