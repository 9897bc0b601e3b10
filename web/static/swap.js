// Forms with `data-swap="#region"` are sent in the background, and the same region of the answer replaces the one on the
// page. Without this script they are sent as ever: the server answers both alike.
//
// Also: `data-confirm` asks before a form is sent; a button is busy while its form is on its way; when no answer came it
// says so, and the form goes again with the same key.

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

async function send(form, data, address) {
  const reading = (form.method || "get").toLowerCase() === "get";
  const target = reading ? `${address.split("?")[0]}?${new URLSearchParams(data)}` : address;
  const response = await insistently(() => fetch(target, {
    method: reading ? "GET" : "POST",
    body: reading ? undefined : data,
    headers: { "X-Swap": form.dataset.swap, Accept: "text/html" },
    credentials: "same-origin",
  }));
  const goTo = response.headers.get("X-Go-To");
  if (goTo) {
    location.assign(goTo);
    return;
  }
  const html = await response.text();
  if (!response.ok) {
    show(html);
    announce(false, form, null);
    return;
  }
  const page = new DOMParser().parseFromString(html, "text/html");
  const region = form.dataset.swap || "#main";
  const fresh = page.querySelector(region);
  if (!fresh) {
    location.assign(response.url);
    return;
  }
  const refused = Boolean(page.querySelector("#messages .alert-danger"));
  const messages = page.querySelector("#messages");
  if (messages && !fresh.contains(messages)) document.querySelector("#messages")?.replaceWith(document.adoptNode(messages));
  document.querySelector(region)?.replaceWith(document.adoptNode(fresh));
  if (reading) history.replaceState(null, "", target);
  announce(!refused, form, document.querySelector(region));
}

// What could not be sent goes back into its form with its key, so that sending it again is the same command.
function putBack(form, data) {
  for (const [name, value] of data) {
    const field = form.elements[name];
    if (field instanceof HTMLInputElement && (name === "command_key" || !field.value)) field.value = value;
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
  turn = turn.then(() => send(form, data, address)).catch(() => {
    putBack(form, data);
    showText(NETWORK[document.body.dataset.language] ?? NETWORK.zh);
    announce(false, form, null);
  }).finally(() => buttons.forEach((button) => button.removeAttribute("aria-busy")));
});

// Back in the browser shows the page as it was left: buttons that were busy can be pressed again.
window.addEventListener("pageshow", () => {
  document.querySelectorAll("button[aria-busy]").forEach((button) => { button.disabled = false; button.removeAttribute("aria-busy"); });
});
