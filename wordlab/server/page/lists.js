// Lists of words, each a link to what is known of it.

import { bar, bdi, el, share } from "./dom.js";

// A link that asks about a word; opened in another tab it does so there.
export function wordLink(app, word, changes = {}) {
  const shown = { word: [word], tab: "word", view: "", view2: "", ...changes };
  return el("a", {
    href: app.state.url(shown), class: "word-link",
    onclick: (event) => {
      if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      app.show(shown);
    },
    onmouseenter: () => app.maps.hover(word), onmouseleave: () => app.maps.hover(null),
    onfocus: () => app.maps.hover(word), onblur: () => app.maps.hover(null),
  }, bdi(word));
}

// Words with bars of cosine. `both` are those that another list has as well, or null.
export function similarList(app, found, { label, both = null, odd = false, add = true } = {}) {
  const rows = found.map(({ word, similarity }, place) => {
    const common = both !== null && both.has(word);
    const marks = [common ? "common" : "", odd && place === 0 ? "odd" : ""].filter(Boolean).join(" ");
    return el("li", { class: marks || null },
      wordLink(app, word),
      common ? el("span", { class: "unseen" }, "in both") : null,
      odd && place === 0 ? el("span", { class: "mark" }, "odd one") : null,
      bar(similarity),
      el("span", { class: "figure" }, share(similarity)),
      add ? addButton(app, word) : null);
  });
  return el("ol", { class: "similar", "aria-label": label }, rows);
}

function addButton(app, word) {
  const label = `Compare with \u2068${word}\u2069 as well`;
  return el("button", { type: "button", class: "quiet add", "aria-label": label, title: "Compare as well",
    onclick: () => app.add(word) }, "+");
}
