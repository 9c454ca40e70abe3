// One component, two bundles: a classic script, which also runs from file://, for the book, and an
// ES module for the Jupyter widget. Run by build.py.

import { build } from "esbuild";

const common = { bundle: true, minify: true, target: "es2022", legalComments: "none" };
const scripts = (entry, outfile, format) =>
  build({ ...common, entryPoints: [`src/${entry}`], outfile: `dist/${outfile}`, format });

await Promise.all([
  scripts("page.js", "quiz.js", "iife"),
  scripts("widget.js", "quiz.mjs", "esm"),
  build({ ...common, entryPoints: ["src/quiz.css"], outfile: "dist/quiz.css" }),
]);
