// What could not be sent waits here: in the browser's own database, so that it outlives a reload, a flat battery and the
// end of a shift. Each scan keeps its command key, so sending it again is harmless; they go out in the order in which
// they were made, and only while the person who made them is logged in. A scan that is refused later is listed until
// somebody has seen it: none is dropped.

const STORE = "waiting";
const LOOK_EVERY_MS = 4000;
const WORDS = {
  zh: { waiting: "条扫描等待网络", refused: "条扫描被拒绝", seen: "知道了", of: "由他人扫描，等其登录后发送" },
  en: { waiting: "scans wait for the network", refused: "scans were refused", seen: "Seen", of: "scanned by somebody else; sent when they log in" },
}[document.body.dataset.language];
const person = document.body.dataset.person;

let opened;

function open() {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open("beijian", 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "sequence", autoIncrement: true });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  return opened;
}

async function using(mode, act) {
  const database = await open();
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(STORE, mode);
    const request = act(transaction.objectStore(STORE));
    transaction.oncomplete = () => resolve(request.result);
    transaction.onerror = () => reject(transaction.error);
    transaction.onabort = () => reject(transaction.error);
  });
}

const list = () => using("readonly", (store) => store.getAll());
const put = (item) => using("readwrite", (store) => store.put(item));
const remove = (sequence) => using("readwrite", (store) => store.delete(sequence));

export async function isWaiting() {
  return (await list()).some((item) => item.person === person && !item.refused);
}

export async function keep(address, swap, data, code) {
  const entries = [...data].filter(([name, value]) => name !== "csrf_token" && typeof value === "string");
  await using("readwrite", (store) => store.add({ person, address, swap, entries, code, at: Date.now() }));
  await show();
}

let flushing = false;

// Send what waits, the oldest first. `post(item)` tells "done", "refused" with a message, or "later".
export async function flush(post) {
  if (flushing || !person) return;
  flushing = true;
  try {
    for (const item of await list()) {
      if (item.person !== person || item.refused) continue;
      const outcome = await post(item);
      if (outcome.later) break;
      if (outcome.refused) await put({ ...item, refused: outcome.refused });
      else await remove(item.sequence);
    }
  } finally {
    flushing = false;
    await show();
  }
}

export function keepFlushing(post) {
  const look = () => flush(post).catch(() => undefined);
  window.addEventListener("online", look);
  setInterval(async () => { if (await isWaiting().catch(() => false)) look(); }, LOOK_EVERY_MS);
  look();
}

function line(item) {
  const row = document.createElement("li");
  const code = document.createElement("strong");
  code.textContent = item.code;
  row.append(code);
  const told = item.refused || (item.person === person ? "" : WORDS.of);
  if (told) row.append(` ${told}`);
  if (item.refused) {
    const seen = document.createElement("button");
    seen.type = "button";
    seen.className = "btn btn-sm btn-outline-secondary";
    seen.textContent = WORDS.seen;
    seen.addEventListener("click", async () => { await remove(item.sequence); await show(); });
    row.append(" ", seen);
  }
  return row;
}

async function show() {
  const items = (await list()).filter((item) => person);
  document.querySelector(".queue")?.remove();
  if (!items.length) return;
  const refused = items.filter((item) => item.refused).length;
  const box = document.createElement("details");
  box.className = refused ? "queue queue-refused" : "queue";
  box.setAttribute("role", "status");
  box.open = refused > 0;
  const summary = document.createElement("summary");
  const told = [];
  if (items.length - refused) told.push(`${items.length - refused} ${WORDS.waiting}`);
  if (refused) told.push(`${refused} ${WORDS.refused}`);
  summary.textContent = told.join(" · ");
  const rows = document.createElement("ul");
  rows.append(...items.map(line));
  box.append(summary, rows);
  document.body.append(box);
}

show().catch(() => undefined);
