// The book's entry: mounts every quiz of the page.

import { pageHost } from "./host-page.js";
import { mount } from "./quiz.js";

const host = pageHost();
document.querySelectorAll(".quiz[data-quiz]").forEach((element) => mount(element, host));
