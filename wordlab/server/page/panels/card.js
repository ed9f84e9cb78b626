// The story of a classifier: what it learnt from, how well it does, which classes it takes for which.

import { bdi, count, el, percent } from "../dom.js";

export function cardOf(card) {
  const heldOut = card.held_out;
  const facts = [
    ["learnt from", card.num_texts === null ? "not recorded" : `${count(card.num_texts)} texts`],
    ["knows", `${count(card.size.number)} ${card.size.noun}`],
    ["tokenizer", card.tokenizer.name],
    heldOut === null ? null : [howJudged(heldOut), `${percent(heldOut.accuracy)} right`],
  ].filter(Boolean);
  return [
    el("h2", {}, card.title),
    list(facts),
    card.class_shares === null ? null : shares(card),
    heldOut?.confusion ? confusion(card.classes, heldOut) : null,
    el("details", {}, el("summary", {}, "Settings"), list(Object.entries(card.config).map(([name, value]) => [name, setting(value)]))),
  ].filter(Boolean);
}

const list = (facts) => el("dl", { class: "story" }, facts.flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]));
const setting = (value) => (value === null ? "none" : Array.isArray(value) ? value.join(", ") : String(value));

function howJudged({ num_texts: number, num_folds: folds }) {
  return folds === null ? `of ${count(number)} texts held out` : `of ${count(number)} texts, in ${folds} folds`;
}

function shares({ classes: names, class_shares: found }) {
  const rows = names.map((name, place) => el("tr", {}, el("th", { scope: "row" }, bdi(name)), el("td", {}, percent(found[place]))));
  return el("table", { class: "shares" }, el("caption", {}, "Classes in training"), el("tbody", {}, rows));
}

function confusion(names, { confusion: counts, num_texts: number }) {
  const head = names.map((name) => el("th", { scope: "col" }, bdi(name)));
  const rows = names.map((name, row) => {
    const sum = counts[row].reduce((total, each) => total + each, 0);
    return el("tr", {}, el("th", { scope: "row" }, bdi(name)), counts[row].map((each, column) => {
      const cell = el("td", { class: row === column ? "right" : null }, count(each));
      cell.style.setProperty("--share", String(sum ? each / sum : 0));
      return cell;
    }));
  });
  return el("div", { class: "heat" }, el("div", { class: "scroll" }, el("table", {},
    el("caption", {}, `${count(number)} texts that were held out: a row for each class, a column for what they were taken for`),
    el("thead", {}, el("tr", {}, el("td"), head)), el("tbody", {}, rows))));
}
