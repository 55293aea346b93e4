/** Longest attacker-controlled text in a log line or on a terminal, in characters. */
export const maxShownLength = 500

function escapeCodeUnit(unit: number): string {
  if (unit === 0x0a) return '\\n'
  if (unit === 0x0d) return '\\r'
  if (unit === 0x09) return '\\t'
  return unit <= 0xff
    ? `\\x${unit.toString(16).padStart(2, '0')}`
    : `\\u${unit.toString(16).padStart(4, '0')}`
}

// C0 and C1 controls, DEL; marks that reorder or hide text (bidi, zero width, BOM, line/paragraph separators);
// lone surrogates. U+001B and U+009B are the terminal escapes among them.
const unsafe =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g

/**
 * Makes attacker-controlled text safe to print on a terminal or in a log line: one line, no control characters,
 * no text reordering, cut to `max` characters with `…`. A backslash is doubled so that the form stays unambiguous.
 */
export function escapeText(text: string, max: number = maxShownLength): string {
  const cut = text.length > max
  const escaped = (cut ? text.slice(0, max) : text)
    .replaceAll('\\', '\\\\')
    .replaceAll(unsafe, (mark) => escapeCodeUnit(mark.charCodeAt(0)))
  return cut ? `${escaped}…` : escaped
}

const htmlMarks: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Text as HTML text or a quoted attribute value. */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (mark) => htmlMarks[mark] ?? mark)
}
