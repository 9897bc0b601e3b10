// A number between a − and a + button. When it changes and names a region (`data-refresh="#candidates"`), that region is
// read again for the new number from this page's own address. Without this script the number is typed and sent as ever.

const QUANTITY_MAX = 999999999;
const TYPING_MS = 350;

function numberOf(field) {
  const plain = field.value.trim().replace(/[０-９]/g, (digit) => String.fromCharCode(digit.charCodeAt(0) - 0xfee0));
  return /^[0-9]{1,9}$/.test(plain) ? Number(plain) : null;
}

const latest = new WeakMap(); // answers may overtake each other: only the last question counts

async function refresh(field) {
  const number = numberOf(field);
  const region = document.querySelector(field.dataset.refresh);
  if (number === null || number < 1 || !region) return;
  const address = new URL(location.href);
  address.searchParams.set(field.name, number);
  latest.set(field, number);
  region.setAttribute("aria-busy", "true");
  try {
    const response = await fetch(address, { credentials: "same-origin", headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const fresh = response.ok && page.querySelector(field.dataset.refresh);
    if (!fresh || latest.get(field) !== number) return;
    region.replaceChildren(...[...fresh.childNodes].map((node) => document.adoptNode(node)));
    history.replaceState(null, "", address);
  } catch {
    // No network: the region still shows the number before, and the form says so when it is sent.
  } finally {
    region.removeAttribute("aria-busy");
  }
}

function step(field, by) {
  const next = (numberOf(field) ?? 0) + by;
  field.value = String(Math.min(QUANTITY_MAX, Math.max(1, next)));
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-step]");
  const field = button?.closest("[data-stepper]")?.querySelector("input");
  if (field) step(field, Number(button.dataset.step));
});

document.addEventListener("keydown", (event) => {
  const by = { ArrowUp: 1, ArrowDown: -1 }[event.key];
  if (!by || !event.target.matches("[data-stepper] input")) return;
  event.preventDefault();
  step(event.target, by);
});

// While somebody types, the region waits for a breath, and is never left telling of another number.
let pause = 0;
for (const kind of ["input", "change"]) {
  document.addEventListener(kind, (event) => {
    if (!event.target.matches("[data-stepper] input[data-refresh]")) return;
    clearTimeout(pause);
    pause = setTimeout(refresh, kind === "input" ? TYPING_MS : 0, event.target);
  });
}
