// The reorder report: choose a whole page at once, see on the button what is chosen, and keep a quantity as soon as it is
// written. Without this script the boxes and buttons do the same one by one.

const report = document.querySelector("[data-report]");
const approve = document.querySelector("[data-approve]");
const pickAll = document.querySelector("[data-pick-all]");

const picks = () => [...document.querySelectorAll("[data-pick]")];

function tell() {
  const chosen = picks().filter((one) => one.checked);
  const money = chosen.reduce((sum, one) => sum + Number(one.dataset.money ?? 0), 0);
  const label = approve?.querySelector("span");
  if (!label || !report) return;
  label.dataset.plain ??= label.textContent;
  label.textContent = chosen.length
    ? report.dataset.selected.replace("{count}", chosen.length)
      + (report.dataset.currency ? ` · ${Math.round(money).toLocaleString()} ${report.dataset.currency}` : "")
    : label.dataset.plain;
}

if (report && pickAll) {
  const box = pickAll.querySelector("input");
  pickAll.hidden = false;
  box.addEventListener("change", () => {
    picks().forEach((one) => { one.checked = box.checked && one.dataset.unready === undefined; });
    tell();
  });
}

document.addEventListener("change", (event) => {
  if (event.target.matches?.("[data-pick]")) tell();
  const form = event.target.closest?.("[data-edit]");
  if (form && event.target.name === "quantity" && event.target.reportValidity()) form.requestSubmit();
});

// Enter changes the field and sends its form: what is on its way already does not go twice.
const onItsWay = new WeakSet();
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches?.("[data-edit][data-swap]")) return;
  if (onItsWay.has(form)) {
    event.preventDefault();
    event.stopImmediatePropagation();
  }
  onItsWay.add(form);
}, true);

// What was refused is marked where it stands, and nothing is ordered past a quantity that is not kept.
const boxOf = (form) => form?.querySelector("input[name=quantity]");
document.addEventListener("swap:done", ({ detail }) => {
  if (!detail.form?.matches?.("[data-edit]")) return;
  onItsWay.delete(detail.form);
  const box = boxOf(detail.form);
  if (detail.ok || !box.isConnected) return;
  box.classList.add("is-invalid");
  box.setAttribute("aria-invalid", "true");
  box.scrollIntoView({ block: "center" });
  box.focus({ preventScroll: true });
});
approve?.addEventListener("click", (event) => {
  const forms = report ? picks().filter((one) => one.checked).map((one) => one.closest("tr")) : [...document.querySelectorAll("[data-edit]")];
  const unkept = forms.map(boxOf).find((box) => box && box.value !== box.dataset.kept);
  if (!unkept) return;
  event.preventDefault();
  unkept.setCustomValidity(approve.dataset.unkept);
  unkept.reportValidity();
  unkept.addEventListener("input", () => unkept.setCustomValidity(""), { once: true });
});

// A row that was read again has lost its tick: it gets it back.
let ticked = new Set();
document.addEventListener("submit", (event) => {
  if (event.target.matches?.("[data-edit]")) ticked = new Set(picks().filter((one) => one.checked).map((one) => one.value));
}, true);
document.addEventListener("swap:done", () => {
  picks().forEach((one) => { if (ticked.has(one.value)) one.checked = true; });
  tell();
});

document.querySelectorAll("[data-confirm-all]").forEach((button) => {
  button.addEventListener("click", (event) => {
    if (!window.confirm(button.dataset.confirmAll)) event.preventDefault();
  });
});

// A run at work is read again until it has ended.
if (document.querySelector("[data-unfinished]")) setTimeout(() => location.reload(), 5000);
tell();
