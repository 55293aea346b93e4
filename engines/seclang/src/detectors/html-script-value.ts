const NAMED: ReadonlyMap<string, string> = new Map([
  ['tab', '\t'],
  ['newline', '\n'],
  ['colon', ':'],
  ['lpar', '('],
  ['rpar', ')'],
  ['sol', '/'],
  ['bsol', '\\'],
  ['period', '.'],
  ['comma', ','],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
  ['amp', '&'],
  ['nbsp', ' '],
  ['grave', '`'],
  ['equals', '='],
])

function decodeEntity(whole: string, digits: string | undefined, name: string | undefined): string {
  if (digits === undefined) return NAMED.get(name?.toLowerCase() ?? '') ?? whole
  const hex = /^#x/i.test(digits)
  const point = Number.parseInt(digits.slice(hex ? 2 : 1), hex ? 16 : 10)
  return point > 0 && point < 0x1_0000 ? String.fromCharCode(point) : ''
}

const ENTITY = /&(?:(#[xX][0-9a-fA-F]{1,16}|#[0-9]{1,16});?|([a-zA-Z]{2,8})(?:;|(?![0-9a-zA-Z])))/g

/** Decodes numeric entities and the named ones that scripts are hidden with. */
export function decodeEntities(value: string): string {
  return value.includes('&') ? value.replace(ENTITY, decodeEntity) : value
}

// Browsers skip these inside a scheme: controls anywhere before the colon, blanks in front.
const SKIPPED = /[\0-\x20\x7f-\xa0\xad]+/g
const SCRIPT_SCHEME =
  /^(?:(?:feed|view-source|jar|mhtml|wyciwyg):)*(?:java[a-z]*|vbs[a-z]*|livescript|mocha|jscript|ecmascript|view-source|mhtml):/i
// Written in entities, a scheme that breaks off is still one: older browsers join what blanks separate.
const HIDDEN_SCHEME = /^(?:java|vbs|data)[a-z]*$/i
const DATA_SCHEME = /^data:/i
const PLAIN_IMAGE = /^data:image\/(?:png|gif|jpe?g|webp|bmp|x-icon)[;,]/i

/** Tells whether a URL in an attribute would run a script or load an active document. */
export function isScriptUrl(value: string): boolean {
  const url = decodeEntities(value).replace(SKIPPED, '').slice(0, 200)
  if (SCRIPT_SCHEME.test(url) || (value.includes('&#') && HIDDEN_SCHEME.test(url))) return true
  return DATA_SCHEME.test(url) && !PLAIN_IMAGE.test(url)
}

const STYLE_SCRIPT =
  /expression|behaviou?r|binding|javascript|vbscript|livescript|@import|data:|\burl\s*\(|-o-link|-moz-|[[\]{}=<]|[\x80-\xff]|\\[0-9a-f]{1,6}|\/\*/i

/** Tells whether inline CSS could run a script in any browser, load a file, or hides what it says. */
export function isScriptStyle(value: string): boolean {
  return STYLE_SCRIPT.test(decodeEntities(value).replaceAll('\0', ''))
}
