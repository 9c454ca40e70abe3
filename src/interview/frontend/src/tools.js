// The study tools by name: each is `mount(element, host)`.

import { mount as flashcards } from "./flashcards.js";
import { mount as mockInterview } from "./mock-view.js";
import { mount as progress } from "./panel.js";
import { mount as quiz } from "./quiz.js";
import { mount as readiness } from "./readiness-view.js";

export const TOOLS = {
  quiz,
  flashcards,
  "mock-interview": mockInterview,
  readiness,
  progress,
};
