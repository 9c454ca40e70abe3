// The entry of a chapter's page: mounts every quiz of it.

import { mount } from "./quiz.js";
import { pageHost } from "./store/host-page.js";

const host = pageHost();
document.querySelectorAll(".quiz[data-quiz]").forEach((element) => mount(element, host));
