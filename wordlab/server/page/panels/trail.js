// The words that were asked about in this tab, latest first.

import { el } from "../dom.js";
import { wordLink } from "../lists.js";

const KEPT = "wordlab-trail";
const LONGEST = 16;

export class Trail {
  constructor(app) {
    this.app = app;
    this.words = JSON.parse(sessionStorage.getItem(KEPT) ?? "[]");
    this.list = el("ol", { "aria-label": "Asked before" });
    this.element = el("section", { class: "trail" }, el("h3", {}, "Asked before"), this.list);
    this.#draw();
  }

  add(word) {
    this.words = [word, ...this.words.filter((each) => each !== word)].slice(0, LONGEST);
    sessionStorage.setItem(KEPT, JSON.stringify(this.words));
    this.#draw();
  }

  #draw() {
    const earlier = this.words.slice(1);
    this.element.hidden = !earlier.length;
    this.list.replaceChildren(...earlier.map((word) => el("li", {}, wordLink(this.app, word))));
  }
}
