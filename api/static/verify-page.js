// Runs the verification of a matter's page when its button is pressed, and writes down what was found. What is checked stands in
// verify.js; nothing is asked of the server but the files under /log/.
import { verifyMatter } from "./verify.js";

const place = document.getElementById("verify");
const button = document.getElementById("verify-begin");
const list = document.getElementById("verify-checks");
const sum = document.getElementById("verify-sum");
const said = (one) => (document.documentElement.lang.startsWith("zh") ? one.zh : one.en);

async function fetchText(name) {
  const answer = await fetch(`/log/${name}`, { cache: "no-store" });
  if (!answer.ok) throw new Error(name);
  return answer.text();
}

function line(one) {
  const item = document.createElement("li");
  item.className = one.ok === true ? "holds" : "fails";
  item.textContent = `${one.ok === true ? "✓" : "✗"} ${said(one)}`;
  return item;
}

async function verify() {
  button.disabled = true;
  list.replaceChildren();
  sum.textContent = place.dataset.working;
  try {
    const paper = new URLSearchParams(location.search).get("event") ?? undefined;
    const checks = await verifyMatter({
      origin: place.dataset.origin,
      policy: await fetchText("policy"),
      leafIndexes: JSON.parse(place.dataset.leaves),
      expectedHashes: JSON.parse(place.dataset.hashes),
      shown: JSON.parse(place.dataset.shown),
      paper,
      base: "/log/",
    });
    // Entries that fit are told together; whatever does not fit is told by itself.
    const fitting = checks.filter((one) => one.code === "entry" && one.ok === true).length;
    const told = checks.filter((one) => !(one.code === "entry" && one.ok === true));
    list.replaceChildren(...told.map(line));
    const holds = checks.length > 0 && checks.every((one) => one.ok === true);
    sum.textContent = `${holds ? place.dataset.holds : place.dataset.fails} (${fitting}/${JSON.parse(place.dataset.leaves).length})`;
    sum.className = holds ? "holds" : "fails";
  } catch {
    sum.textContent = place.dataset.broken;
    sum.className = "fails";
  }
  button.disabled = false;
}

button.addEventListener("click", verify);
button.hidden = false;
