// Which words changed most between two sets: those whose nearest words have least in common.

import { bar, count, el, latest, percent } from "../dom.js";
import { wordLink } from "../lists.js";

export class ChangesPanel {
  name = "changes";
  title = "Changes";
  uses = new Set(["set", "other"]);
  #ask = latest();

  constructor(app) {
    this.app = app;
    this.element = el("div");
  }

  static fits = (source, catalogue) => catalogue.sets.length > 1 && "changed" in source;

  async show({ set, other }) {
    const isLatest = this.#ask();
    if (!other) {
      this.element.replaceChildren(el("p", { class: "empty" }, "Choose a second set above to see which words changed."));
      return;
    }
    const onProgress = (state) => isLatest() && this.element.replaceChildren(waiting(state));
    onProgress({ title: "Comparing neighbours", done: null, total: null });
    const found = await this.app.ask(() => this.app.source.changed(set, other, onProgress));
    if (!isLatest()) return;
    this.element.replaceChildren(...(found === null ? [] : this.#list(found, set, other)));
    if (found !== null) this.app.say(`${found.words.length} words that changed most.`);
  }

  #list(found, set, other) {
    const rows = found.words.map(({ word, overlap }) => el("li", {},
      wordLink(this.app, word), bar(overlap), el("span", { class: "figure" }, `${Math.round(overlap * found.k)} of ${found.k}`)));
    return [
      el("h2", {}, "Words that changed most"),
      el("p", { class: "note" }, "Of ", count(found.num_words), " words that both sets have, those whose ", String(found.k),
        " nearest words in ", el("bdi", {}, set), " and ", el("bdi", {}, other), " have least in common. The mean is ",
        percent(found.overlap), "."),
      el("ol", { class: "similar", "aria-label": "Words that changed most" }, rows),
    ];
  }
}

function waiting({ title, done, total }) {
  const value = total ? { value: String(done / total), max: "1" } : {};
  return el("div", { class: "empty" }, el("p", {}, title), el("progress", { ...value, "aria-label": title }));
}
