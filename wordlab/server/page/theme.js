// Light or dark: as the system has it, until the button says otherwise. Kept in the address and in the browser.

import { el } from "./dom.js";

const KEPT = "wordlab-theme";
const THEMES = { light: "dark", dark: "light" };
const system = matchMedia("(prefers-color-scheme: dark)");

export class Theme {
  constructor(state, onChange) {
    this.state = state;
    this.onChange = onChange;
    this.element = el("button", { type: "button", class: "quiet theme", onclick: () => this.#switch() }, "\u25d0");
    system.addEventListener("change", () => this.show(state.values.theme));
    this.show(state.values.theme);
  }

  show(asked) {
    const kept = asked || localStorage.getItem(KEPT);
    const theme = kept in THEMES ? kept : system.matches ? "dark" : "light";
    document.documentElement.dataset.theme = theme;
    this.element.setAttribute("aria-label", `Make it ${THEMES[theme]}`);
    this.element.title = `Make it ${THEMES[theme]}`;
    this.onChange();
  }

  #switch() {
    const theme = THEMES[document.documentElement.dataset.theme];
    localStorage.setItem(KEPT, theme);
    this.state.set({ theme }, { replace: true });
    this.show(theme);
  }
}
