// Questions in a form: an analogy, and which word does not belong to the others.

import { el, latest } from "../dom.js";
import { Combobox } from "../combobox.js";
import { similarList } from "../lists.js";

const PLACES = ["", "is to", "as", "is to \u2026"];
const EXAMPLE = ["man", "king", "woman"];

export class AskPanel {
  name = "ask";
  title = "Ask";
  uses = new Set(["set", "ask", "odd"]);
  #analogy = latest();
  #odd = latest();

  constructor(app) {
    this.app = app;
    this.fields = EXAMPLE.map((word, place) => new Combobox({
      label: `Word ${place + 1} of the analogy`, hint: word, complete: app.complete,
      choose: () => (this.fields[place + 1]?.input ?? this.button).focus(),
    }));
    this.button = el("button", { class: "main" }, "Ask");
    this.answers = el("div");
    this.oddField = el("input", {
      type: "text", "aria-label": "Words, of which one is odd", placeholder: "breakfast lunch cereal dinner",
      autocomplete: "off", autocapitalize: "off", spellcheck: "false", dir: "auto",
    });
    this.oddAnswers = el("div");
    const sentence = this.fields.flatMap((field, place) => [field.element, el("span", {}, PLACES[place + 1])]);
    this.element = el("div", {},
      el("form", { class: "analogy", "aria-label": "Analogy", onsubmit: (event) => this.#submit(event) },
        el("h2", {}, "Analogy"), el("div", { class: "sentence" }, sentence), this.button),
      this.answers,
      el("form", { class: "odd-one", "aria-label": "Odd one out", onsubmit: (event) => this.#submitOdd(event) },
        el("h2", {}, "Odd one out"),
        el("div", { class: "line" }, this.oddField, el("button", { class: "main" }, "Find"))),
      this.oddAnswers);
  }

  static fits = (source, catalogue) => catalogue.sets.length > 0 && "analogy" in source && "oddOneOut" in source;

  async show({ set, ask, odd }, changed) {
    if (changed.has("set") || changed.has("ask")) this.#showAnalogy(set, ask);
    if (changed.has("set") || changed.has("odd")) this.#showOdd(set, odd);
  }

  async #showAnalogy(set, ask) {
    const isLatest = this.#analogy();
    this.answers.replaceChildren();
    if (ask.length !== 3) return;
    this.fields.forEach((field, place) => (field.value = ask[place]));
    const found = await this.app.ask(() => this.app.source.analogy(set, ask, 10));
    if (!isLatest() || found === null) return;
    this.answers.replaceChildren(similarList(this.app, found, { label: "Answers" }));
    this.app.maps.light([...ask, found[0]?.word].filter(Boolean), [[], []]);
    this.app.say(found.length ? `${ask[0]} is to ${ask[1]} as ${ask[2]} is to ${found[0].word}.` : "No answer.");
  }

  async #showOdd(set, odd) {
    const isLatest = this.#odd();
    this.oddAnswers.replaceChildren();
    if (odd.length < 3) return;
    this.oddField.value = odd.join(" ");
    const found = await this.app.ask(() => this.app.source.oddOneOut(set, odd));
    if (!isLatest() || found === null) return;
    this.oddAnswers.replaceChildren(similarList(this.app, found, { label: "From odd to typical", odd: true }));
    this.app.maps.light(odd, [[], []]);
    this.app.say(`The odd one is ${found[0].word}.`);
  }

  #submit(event) {
    event.preventDefault();
    const ask = this.fields.map((field) => field.value);
    const empty = this.fields.find((field) => field.value === "");
    if (empty === undefined) this.app.state.set({ ask });
    else if (ask.every((word) => word === "")) this.app.state.set({ ask: this.#examples() });
    else empty.input.focus();
  }

  #submitOdd(event) {
    event.preventDefault();
    const text = this.oddField.value || this.oddField.placeholder;
    const odd = text.split(/\s+/u).filter(Boolean);
    if (odd.length < 3) this.app.fail("Odd one out: expected three words or more, with blanks between them.");
    else this.app.state.set({ odd });
  }

  #examples() {
    return [...EXAMPLE];
  }
}
