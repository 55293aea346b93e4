import { escapeHtml } from '@sevenfold/event'

// XML 1.0 section 2.2: other control characters, lone surrogates and the two noncharacters are not allowed at all.
const forbidden =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g

/** Text as XML text or a quoted attribute value; characters that XML cannot hold become U+FFFD. */
export function escapeXml(text: string): string {
  return escapeHtml(text.replaceAll(forbidden, '\ufffd'))
}
