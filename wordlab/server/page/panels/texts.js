// A classifier at work: type a text, watch the probabilities, see which words spoke for the class and which against.

import { bar, bdi, debounced, el, latest, percent } from "../dom.js";
import { cardOf } from "./card.js";

const MOST_CLASSES = 12;
const MOST_REASONS = 12;
const SHOWN = 200; // milliseconds of rest until probabilities are asked for
const EXPLAINED = 500; // and until the words are coloured

export class TextsPanel {
  name = "texts";
  title = "Texts";
  uses = new Set(["classifier", "text"]);
  #ask = latest();
  #askCard = latest();
  #card = null;

  constructor(app) {
    this.app = app;
    this.field = el("textarea", {
      rows: "5", "aria-label": "Text to classify", placeholder: "Type or paste a text \u2026", dir: "auto", spellcheck: "false",
    });
    const keep = debounced(() => app.state.set({ text: this.field.value }, { replace: true }), SHOWN);
    this.field.addEventListener("input", keep);
    this.chooser = el("select", { "aria-label": "Classifier", onchange: () => app.state.set({ classifier: this.chooser.value }) },
      app.catalogue.classifiers.map(({ name }) => el("option", { value: name }, name)));
    this.chooser.hidden = app.catalogue.classifiers.length < 2;
    this.classes = el("ul", { class: "classes", "aria-label": "Probabilities" });
    this.note = el("p", { class: "note" });
    this.coloured = el("div", { class: "coloured" });
    this.card = el("section", { class: "card" });
    this.explain = debounced((...values) => this.#explain(...values), EXPLAINED - SHOWN);
    this.element = el("div", { class: "texts" },
      el("div", { class: "trial" }, this.chooser, this.field, this.classes, this.note, this.coloured), this.card);
  }

  static fits = (source, catalogue) => catalogue.classifiers.length > 0 && "classify" in source;

  async show({ classifier, text }) {
    const name = classifier || this.app.catalogue.classifiers[0].name;
    this.chooser.value = name;
    if (document.activeElement !== this.field || this.field.value === "") this.field.value = text;
    if (this.#card !== name) this.#showCard(name);
    const isLatest = this.#ask();
    if (text.trim() === "") {
      this.note.replaceChildren();
      this.coloured.replaceChildren();
      this.#bars(name, null);
      return;
    }
    const found = await this.app.ask(() => this.app.source.classify(name, text));
    if (!isLatest() || found === null) return;
    this.#bars(name, found);
    this.note.replaceChildren(found.known_words === 0
      ? "The classifier knows no word of this text; these are not its words' doing." : "");
    this.app.say(`${found.label}, ${percent(found.probabilities[found.label])}.`);
    this.explain(name, text, isLatest);
  }

  // Bars that stay where they are, so that they move as one types.
  #bars(name, found) {
    const { classes } = this.app.catalogue.classifiers.find((each) => each.name === name) ?? { classes: [] };
    const chances = found?.probabilities ?? {};
    const ranked = [...classes].sort((one, other) => (chances[other] ?? 0) - (chances[one] ?? 0));
    const shown = classes.length > MOST_CLASSES ? ranked.slice(0, MOST_CLASSES) : classes;
    const kept = new Map([...this.classes.children].map((item) => [item.dataset.label, item]));
    this.classes.replaceChildren(...shown.map((label) => {
      const item = kept.get(label) ?? el("li", { "data-label": label }, el("span", { class: "label" }, bdi(label)),
        bar(0), el("span", { class: "figure" }));
      item.classList.toggle("best", label === found?.label);
      item.querySelector(".bar > span").style.width = `${100 * (chances[label] ?? 0)}%`;
      item.querySelector(".figure").textContent = found === null ? "" : percent(chances[label]);
      return item;
    }));
  }

  async #explain(name, text, isLatest) {
    if (!isLatest()) return;
    const found = await this.app.ask(() => this.app.source.explain(name, text));
    if (!isLatest() || found === null) return;
    const weights = weightsOfTokens(found.tokens, found.reasons);
    const most = Math.max(...weights.map(Math.abs), 1e-9);
    const marked = marks(text, found.tokens).map(({ text: part, token }) => {
      const weight = token < 0 ? 0 : weights[token];
      if (Math.abs(weight) < 0.04 * most) return part;
      const piece = el("mark", { class: weight > 0 ? "for" : "against", title: weight.toFixed(3) }, part);
      piece.style.setProperty("--share", String(Math.abs(weight) / most));
      return piece;
    });
    this.coloured.replaceChildren(
      el("p", { class: "text", dir: "auto" }, marked),
      el("p", { class: "note" }, "Words ", el("mark", { class: "for" }, "for"), " and ", el("mark", { class: "against" }, "against"),
        " the class ", bdi(found.label), "; what spoke most:"),
      reasonList(found.reasons.slice(0, MOST_REASONS)));
  }

  async #showCard(name) {
    const isLatest = this.#askCard();
    this.#card = name;
    const found = await this.app.ask(() => this.app.source.card(name));
    if (!isLatest()) return;
    if (found === null) this.#card = null; // asked again with the next text
    else this.card.replaceChildren(...cardOf(found));
  }
}

function reasonList(reasons) {
  const most = Math.max(...reasons.map(({ weight }) => Math.abs(weight)), 1e-9);
  return el("ol", { class: "similar reasons", "aria-label": "What spoke most" }, reasons.map(({ words, weight }) =>
    el("li", {}, bdi(words), bar(Math.abs(weight) / most, weight > 0 ? "for" : "against"),
      el("span", { class: "figure" }, (weight > 0 ? "+" : "\u2212") + Math.abs(weight).toFixed(3)))));
}

// What each token adds: the weight of each reason in equal parts to its words.
function weightsOfTokens(tokens, reasons) {
  const weights = new Array(tokens.length).fill(0);
  for (const { words, position, weight } of reasons) {
    const number = words.split(" ").length;
    for (let place = position; place < position + number && place < tokens.length; place++) weights[place] += weight / number;
  }
  return weights;
}

// The pieces of `text` in order, each with the number of its token, or -1 for what lies between tokens.
function marks(text, tokens) {
  const folded = fold(text);
  const pieces = [];
  let end = 0;
  tokens.forEach((token, number) => {
    const forms = [fold(token), fold(token).replaceAll("_", " ")]; // joined phrases stand apart in the text
    const start = Math.max(...forms.map((form) => folded.indexOf(form, end)));
    if (start < 0) return; // the tokenizer has changed more than this
    if (start > end) pieces.push({ text: text.slice(end, start), token: -1 });
    end = start + token.length;
    pieces.push({ text: text.slice(start, end), token: number });
  });
  pieces.push({ text: text.slice(end), token: -1 });
  return pieces;
}

// Lower case where that leaves the length as it is, so that places in both texts are the same.
const fold = (text) => text.replace(/[^]/gu, (letter) => (letter.toLowerCase().length === letter.length ? letter.toLowerCase() : letter));
