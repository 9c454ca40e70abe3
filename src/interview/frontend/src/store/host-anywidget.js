// The host of a Jupyter widget: the kernel keeps the progress in a file (interview/widgets.py).

import { documentOf } from "./document.js";
import { EVENTS, merge } from "./merge.js";

/** The same interface as the page's host, over the traits of an anywidget model. */
export function anywidgetHost(model, bank = null) {
  let progress = model.get("progress");
  let pending = documentOf(); // what the kernel has not yet said that it has
  const subscribe = (name, callback) => {
    model.on(`change:${name}`, callback);
    return () => model.off(`change:${name}`, callback);
  };
  const own = new Set(); // callbacks to tell of what is still on its way to the kernel

  subscribe("progress", () => {
    const kept = model.get("progress");
    for (const name of EVENTS) {
      const ids = new Set(kept[name].map(({ id }) => id));
      pending[name] = pending[name].filter(({ id }) => !ids.has(id));
    }
    progress = merge(kept, pending);
    own.forEach((callback) => callback(progress));
  });

  return {
    bank,
    get: (name) => (name === "progress" ? progress : model.get(name)),
    add(events) {
      this.unite(documentOf(events));
    },
    unite(document) {
      pending = merge(pending, document);
      progress = merge(progress, pending);
      model.set("outbox", pending);
      model.save_changes();
      own.forEach((callback) => callback(progress));
    },
    reset() {
      pending = documentOf();
      model.send({ type: "reset" });
    },
    on(name, callback) {
      if (name !== "progress") return subscribe(name, () => callback(model.get(name)));
      own.add(callback);
      return () => own.delete(callback);
    },
  };
}
