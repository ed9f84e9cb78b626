// The story of a classifier: what it learnt from, how well it does, which classes it takes for which.

import { bdi, count, el, percent } from "../dom.js";

export function cardOf(card) {
  const heldOut = card.held_out;
  const facts = [
    ["learnt from", card.num_texts === null ? "not recorded" : `${count(card.num_texts)} texts`],
    ["knows", `${count(card.size.number)} ${card.size.noun}`],
    ["tokenizer", card.tokenizer.name],
    heldOut === null ? null : [howJudged(heldOut), `${percent(heldOut.accuracy)} of ${count(heldOut.num_texts)} right`],
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

const howJudged = ({ num_folds: folds }) => (folds === null ? "held out" : `held out, in ${folds} folds`);

function shares({ classes: names, class_shares: found }) {
  const rows = names.map((name, place) => el("tr", {}, el("th", { scope: "row" }, bdi(name)), el("td", {}, percent(found[place]))));
  return el("section", {}, el("h3", {}, "Classes in training"),
    el("table", { class: "shares", "aria-label": "Classes in training" }, el("tbody", {}, rows)));
}

function confusion(names, { confusion: counts }) {
  const head = names.map((name) => el("th", { scope: "col" }, bdi(name)));
  const rows = names.map((name, row) => {
    const sum = counts[row].reduce((total, each) => total + each, 0);
    return el("tr", {}, el("th", { scope: "row" }, bdi(name)), counts[row].map((each, column) => {
      const cell = el("td", { class: row === column ? "right" : null }, count(each));
      cell.style.setProperty("--share", String(sum ? each / sum : 0));
      return cell;
    }));
  });
  return el("section", { class: "heat" }, el("h3", {}, "Held-out texts: rows by class, columns by what they were taken for"),
    el("div", { class: "scroll" }, el("table", { "aria-label": "Confusion matrix" }, el("thead", {}, el("tr", {}, el("td"), head)), el("tbody", {}, rows))));
}
