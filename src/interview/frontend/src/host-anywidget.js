// The host of a Jupyter widget: the kernel keeps the progress in a file (interview/widgets.py).

import { merge } from "./progress.js";

/** The same interface as the page's host, over the traits of an anywidget model. */
export function anywidgetHost(model) {
  let progress = model.get("progress");
  return {
    get: (name) => (name === "progress" ? progress : model.get(name)),
    set(name, value) {
      if (name === "progress") value = progress = merge(value, progress);
      model.set(name, value);
      model.save_changes();
    },
    on(name, callback) {
      const changed = () => {
        // The kernel's document may be older than an answer that is still on its way to it.
        if (name === "progress") progress = merge(progress, model.get(name));
        callback(this.get(name));
      };
      model.on(`change:${name}`, changed);
      return () => model.off(`change:${name}`, changed);
    },
  };
}
