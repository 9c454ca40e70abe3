// Numbers as readers type them.

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const THOUSANDS = /^[+-]?[1-9]\d{0,2}(,\d{3})+$/;

/** Read 0.5, 0,5, 1e-3 or −2; throws an Error whose message is one sentence. */
export function parseNumber(typed) {
  const text = typed.trim().replace(/^\u2212/, "-").replace(/e\u2212/i, "e-");
  if (!text) throw new Error("Type a number first.");
  if (THOUSANDS.test(text)) {
    const [whole, decimal] = [text.replaceAll(",", ""), text.replace(",", ".")];
    const either = text.split(",").length > 2 ? whole : `${whole} or ${decimal}`;
    throw new Error(`“${typed.trim()}” can be read in two ways: write ${either}.`);
  }
  const value = NUMBER.test(text.replace(",", ".")) ? Number(text.replace(",", ".")) : NaN;
  if (!Number.isFinite(value)) {
    throw new Error(`“${typed.trim()}” is not a number: type for example 0.5, 1e-3 or -2.`);
  }
  return value;
}

/** Whether a number is within a relative tolerance of the expected one, as the bank's check does. */
export const isClose = (given, expected, tolerance) =>
  Math.abs(given - expected) <=
  Math.max(tolerance * Math.max(Math.abs(given), Math.abs(expected)), 1e-12);
