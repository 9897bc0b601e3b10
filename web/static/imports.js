// While a file is being taken the page asks how many of its rows were read. Without this script the browser just waits.

const form = document.querySelector("form[data-progress]");
const box = document.querySelector("#import-progress");

async function follow(address) {
  const bar = box.querySelector("progress");
  const label = box.querySelector("label");
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 700));
    try {
      const answer = await fetch(address, { credentials: "same-origin", headers: { Accept: "application/json" } });
      const { read, rows } = await answer.json();
      const reading = read + 5000 < rows;
      label.textContent = reading ? `${label.dataset.reading} ${read.toLocaleString()} / ${rows.toLocaleString()}` : label.dataset.writing;
      if (reading) bar.value = read;
      else bar.removeAttribute("value");
    } catch {
      // The network was away for a moment, or the answer is on its way: ask again.
    }
  }
}

form?.addEventListener("submit", () => {
  box.hidden = false;
  follow(form.dataset.progress);
});
