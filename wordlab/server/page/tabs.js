// The panels, one at a time (the pattern "tabs" of WAI-ARIA). A panel shows its values when it is first seen.

import { el } from "./dom.js";

export class Tabs {
  #stale = new Map(); // for each panel the names of what changed while it was not seen

  constructor(app, list, place) {
    this.app = app;
    this.list = list;
    this.parts = new Map(app.panels.map((panel) => [panel.name, this.#part(panel)]));
    list.append(...[...this.parts.values()].map(({ tab }) => tab));
    place.append(...[...this.parts.values()].map(({ body }) => body));
    list.hidden = this.parts.size < 2;
    list.addEventListener("keydown", (event) => this.#press(event));
  }

  // Shows the tab of `values`; `changed` are the names of what is new, or null for everything.
  show(values, changed) {
    for (const [name, { panel, tab, body }] of this.parts) {
      const isShown = name === values.tab;
      tab.setAttribute("aria-selected", String(isShown));
      tab.tabIndex = isShown ? 0 : -1;
      body.hidden = !isShown;
      const news = [...(changed ?? panel.uses)].filter((each) => panel.uses.has(each));
      const due = new Set([...(this.#stale.get(name) ?? panel.uses), ...news]);
      if (isShown) {
        this.#stale.set(name, new Set());
        if (due.size) panel.show(values, due);
      } else {
        this.#stale.set(name, due);
      }
    }
  }

  #part(panel) {
    const tab = el("button", {
      type: "button", role: "tab", id: `tab-${panel.name}`, "aria-controls": `panel-${panel.name}`,
      onclick: () => this.app.show({ tab: panel.name }),
    }, panel.title);
    const body = el("div", { role: "tabpanel", id: `panel-${panel.name}`, "aria-labelledby": tab.id, class: `panel-${panel.name}` }, panel.element);
    return { panel, tab, body };
  }

  #press(event) {
    const tabs = [...this.list.children];
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const place = tabs.indexOf(document.activeElement);
    if (step === undefined || place < 0) return;
    event.preventDefault();
    const next = tabs[(place + step + tabs.length) % tabs.length];
    next.focus();
    next.click();
  }
}
