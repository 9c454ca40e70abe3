// The Jupyter widget's entry: mounts the tool that the kernel names.

import { Bank } from "./questions.js";
import { anywidgetHost } from "./store/host-anywidget.js";
import { TOOLS } from "./tools.js";

function render({ model, el }) {
  // JupyterLab would take the arrow keys and Enter; it looks for this mark on the target itself.
  el.addEventListener("focusin", ({ target }) => (target.dataset.lmSuppressShortcuts = "true"));
  const tool = model.get("tool");
  if (model.get("html")) {
    el.innerHTML = model.get("html"); // from interview/render.py, which lets no markup through
    return TOOLS[tool](el.querySelector(".quiz"), anywidgetHost(model));
  }
  const root = document.createElement("div");
  root.className = "quiz";
  const { seed, ...bank } = model.get("bank");
  if (Number.isInteger(seed)) root.dataset.seed = seed;
  el.append(root);
  return TOOLS[tool](root, anywidgetHost(model, new Bank(bank)));
}

export default { render };
