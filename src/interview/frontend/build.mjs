// The components in three bundles: classic scripts, which also run from file://, for the chapters
// and for the study page, and an ES module for the Jupyter widgets. Run by build.py.

import { build } from "esbuild";

const common = { bundle: true, minify: true, target: "es2022", legalComments: "none" };
const scripts = (entry, outfile, format) =>
  build({ ...common, entryPoints: [`src/${entry}`], outfile: `dist/${outfile}`, format });

await Promise.all([
  scripts("page.js", "quiz.js", "iife"),
  scripts("study.js", "study.js", "iife"),
  scripts("widget.js", "widget.mjs", "esm"),
  build({ ...common, entryPoints: ["src/quiz.css"], outfile: "dist/quiz.css" }),
]);
