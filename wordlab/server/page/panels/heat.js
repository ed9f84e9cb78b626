// The cosines of several words with each other, as a table.

import { bdi, el, share } from "../dom.js";

export async function heatMap(app, set, words) {
  const pairs = words.flatMap((word, place) => words.slice(place + 1).map((other) => [word, other]));
  const cosines = await app.source.similarities(set, pairs);
  const found = new Map(pairs.map((pair, place) => [JSON.stringify(pair), cosines[place]]));
  const cosine = (one, other) => found.get(JSON.stringify([one, other])) ?? found.get(JSON.stringify([other, one]));
  const head = words.map((word) => el("th", { scope: "col" }, bdi(word)));
  const rows = words.map((word) => el("tr", {}, el("th", { scope: "row" }, bdi(word)), words.map((other) => {
    if (word === other) return el("td", { class: "same" }, "\u00b7");
    const cell = el("td", {}, share(cosine(word, other)).replace(/\d$/, ""));
    cell.style.setProperty("--share", String(Math.max(0, cosine(word, other))));
    return cell;
  })));
  return el("section", { class: "heat" }, el("h3", {}, "Cosines"),
    el("div", { class: "scroll" }, el("table", {}, el("thead", {}, el("tr", {}, el("td"), head)), el("tbody", {}, rows))));
}
