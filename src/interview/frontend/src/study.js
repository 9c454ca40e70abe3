// The entry of a page with study tools: mounts each over the links that stand in its place.

import { Bank } from "./questions.js";
import { pageHost } from "./store/host-page.js";
import { TOOLS } from "./tools.js";

const host = pageHost(new Bank(globalThis.interviewBank)); // from bank.js, a script of its own
host.hasPanel = document.querySelector(".quiz[data-tool=progress]") !== null;
const roots = document.querySelectorAll(".quiz[data-tool]");
roots.forEach((root) => TOOLS[root.dataset.tool](root, host));
