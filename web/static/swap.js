// Forms with `data-swap="#region"` are sent in the background, and the same region of the answer replaces the one on the
// page. Without this script they are sent as ever: the server answers both alike.
//
// Also: `data-confirm` asks before a form is sent; a button is busy while its form is on its way. When no answer came the
// form goes again with the same key; a scan that still finds no network waits in the queue (queue.js).

import { flush, isWaiting, keep, keepFlushing } from "./queue.js";

const NETWORK = {
  zh: "没有网络，尚未收到答复。请重试：同一操作不会执行两次。",
  en: "No network: no answer came. Send it again; nothing is done twice.",
};

function freshKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(18)); // crypto.randomUUID needs https
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_");
}

function announce(ok, form, region) {
  document.dispatchEvent(new CustomEvent("swap:done", { detail: { ok, form, region } }));
}

function show(html) {
  const messages = document.querySelector("#messages");
  messages.innerHTML = html;
  messages.scrollIntoView({ block: "nearest" });
}

function showText(text) {
  const box = document.createElement("div");
  box.className = "alert alert-danger";
  box.setAttribute("role", "alert");
  box.textContent = text;
  document.querySelector("#messages").replaceChildren(box);
}

function renew(form) {
  const key = form.querySelector('input[name="command_key"]');
  if (key) key.value = freshKey();
}

// A network that was away for a moment: the same form with the same key, so nothing is done twice.
async function insistently(request) {
  for (const pause of [400, 1500, 0]) {
    try {
      return await request();
    } catch (error) {
      if (!pause) throw error;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}

async function post(address, body, swap, ways) {
  const request = () => fetch(address, {
    method: body ? "POST" : "GET",
    body: body ?? undefined,
    headers: { "X-Swap": swap, Accept: "text/html" },
    credentials: "same-origin",
  });
  return ways === "once" ? request() : insistently(request);
}

// Put the answer on the page. Returns whether it was good.
async function apply(response, swap, form) {
  const html = await response.text();
  if (!response.ok) {
    show(html);
    announce(false, form, null);
    return false;
  }
  const page = new DOMParser().parseFromString(html, "text/html");
  const region = swap || "#main";
  const fresh = page.querySelector(region);
  if (!fresh) {
    location.assign(response.url);
    return true;
  }
  const messages = page.querySelector("#messages");
  const good = !messages?.querySelector(".alert-danger");
  if (messages && !fresh.contains(messages)) document.querySelector("#messages")?.replaceWith(document.adoptNode(messages));
  document.querySelector(region)?.replaceWith(document.adoptNode(fresh));
  const shown = document.querySelector(region);
  shown?.querySelector("[autofocus]")?.focus({ preventScroll: true }); // the browser does it for whole pages only
  announce(good, form, shown);
  return good;
}

async function send(form, data, address) {
  const swap = form.dataset.swap;
  const reading = (form.method || "get").toLowerCase() === "get";
  const target = reading ? `${address.split("?")[0]}?${new URLSearchParams(data)}` : address;
  const response = await post(target, reading ? null : data, swap, navigator.onLine ? "insistently" : "once");
  const goTo = response.headers.get("X-Go-To");
  if (goTo) {
    location.assign(goTo);
    return;
  }
  await apply(response, swap, form);
  // The address follows the page that is shown, so that a reload shows it again.
  if (response.ok && response.redirected && swap === "#main") history.replaceState(null, "", response.url);
  else if (response.ok && reading) history.replaceState(null, "", target);
}

// ---- scans that had to wait ----
const LATER = new Set(["not_signed_in", "csrf_refused", "command_running", "too_many_attempts", "too_many_requests", "password_change_due"]);

async function sendWaiting(item) {
  const body = new FormData();
  item.entries.forEach(([name, value]) => body.append(name, value));
  body.append("csrf_token", document.querySelector('meta[name="csrf-token"]').content);
  let response;
  try {
    response = await post(item.address, body, item.swap, "once");
  } catch {
    return { later: true };
  }
  if (response.status >= 500 || LATER.has(response.headers.get("X-Refusal"))) return { later: true };
  if (!response.ok) {
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    announce(false, null, null);
    return { refused: page.querySelector(".alert span")?.textContent.trim() || String(response.status) };
  }
  if (document.querySelector(item.swap)) await apply(response, item.swap, null);
  return {};
}

// A scan: sent now, or after those that wait already.
async function sendScan(form, data, address, code) {
  if (!(await isWaiting())) {
    try {
      await send(form, data, address);
      return;
    } catch {
      // No network: it waits.
    }
  }
  await keep(address, form.dataset.swap, data, code);
  document.dispatchEvent(new CustomEvent("swap:waiting", { detail: { form } }));
  flush(sendWaiting);
}

// What could not be sent goes back into its form with its key, so that sending it again is the same command.
function putBack(form, data) {
  for (const [name, value] of data) {
    const field = form.elements[name];
    if (field instanceof HTMLInputElement && name !== "csrf_token") field.value = value;
  }
}

let turn = Promise.resolve(); // one form after the other: scans are done in the order in which they were made

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement)) return;
  if (form.dataset.confirm && !window.confirm(form.dataset.confirm)) {
    event.preventDefault();
    return;
  }
  const buttons = [...form.querySelectorAll("button:not([type=button])")];
  if (form.dataset.swap === undefined) {
    // After the browser has read the form: a disabled button would not be part of it.
    setTimeout(() => buttons.forEach((button) => { button.disabled = true; button.setAttribute("aria-busy", "true"); }));
    return;
  }
  event.preventDefault();
  const submitter = event.submitter;
  const data = new FormData(form, submitter);
  const address = submitter?.hasAttribute("formaction") ? submitter.formAction : form.action;
  renew(form);
  buttons.forEach((button) => button.setAttribute("aria-busy", "true"));
  const scanned = form.method === "post" ? form.querySelector("[data-scan] input") : null;
  const code = scanned ? String(data.get(scanned.name) ?? "") : "";
  turn = turn.then(() => (scanned ? sendScan(form, data, address, code) : send(form, data, address))).catch(() => {
    putBack(form, data);
    showText(NETWORK[document.body.dataset.language] ?? NETWORK.zh);
    announce(false, form, null);
  }).finally(() => buttons.forEach((button) => button.removeAttribute("aria-busy")));
});

// Back in the browser shows the page as it was left: buttons that were busy can be pressed again.
window.addEventListener("pageshow", () => {
  document.querySelectorAll("button[aria-busy]").forEach((button) => { button.disabled = false; button.removeAttribute("aria-busy"); });
});

if (document.body.dataset.person) keepFlushing(sendWaiting);
