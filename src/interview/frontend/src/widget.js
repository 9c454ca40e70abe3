// The Jupyter widget's entry: mounts the HTML that the kernel sent.

import { anywidgetHost } from "./host-anywidget.js";
import { mount } from "./quiz.js";

function render({ model, el }) {
  // JupyterLab would take the arrow keys and Enter; it looks for this mark on the target itself.
  el.addEventListener("focusin", ({ target }) => (target.dataset.lmSuppressShortcuts = "true"));
  el.innerHTML = model.get("html"); // from interview/render.py, which lets no markup through
  return mount(el.querySelector(".quiz"), anywidgetHost(model));
}

export default { render };
