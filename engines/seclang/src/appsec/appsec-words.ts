/** Zones of the CrowdSec hub's AppSec rules and the SecLang variables they stand for. */
export const zoneVariables: ReadonlyMap<string, string> = new Map([
  ['ARGS', 'ARGS_GET'],
  ['ARGS_NAMES', 'ARGS_GET_NAMES'],
  ['BODY_ARGS', 'ARGS_POST'],
  ['BODY_ARGS_NAMES', 'ARGS_POST_NAMES'],
  ['COOKIES', 'REQUEST_COOKIES'],
  ['COOKIES_NAMES', 'REQUEST_COOKIES_NAMES'],
  ['FILENAMES', 'FILES'],
  ['HEADERS', 'REQUEST_HEADERS'],
  ['HEADERS_NAMES', 'REQUEST_HEADERS_NAMES'],
  ['METHOD', 'REQUEST_METHOD'],
  ['PROTOCOL', 'REQUEST_PROTOCOL'],
  ['RAW_BODY', 'REQUEST_BODY'],
  ['URI', 'REQUEST_FILENAME'],
  ['URI_FULL', 'REQUEST_URI'],
])

/** Match types and the SecLang operators they stand for. */
export const matchOperators: ReadonlyMap<string, string> = new Map([
  ['contains', 'contains'],
  ['endsWith', 'endsWith'],
  ['eq', 'eq'],
  ['equals', 'streq'],
  ['gt', 'gt'],
  ['gte', 'ge'],
  ['libinjectionSQL', 'detectSQLi'],
  ['libinjectionXSS', 'detectXSS'],
  ['lt', 'lt'],
  ['lte', 'le'],
  ['regex', 'rx'],
  ['startsWith', 'beginsWith'],
])

/** Transforms and the SecLang transformations they stand for; `count` is written as `&` before the variable. */
export const transformNames: ReadonlyMap<string, string> = new Map([
  // CrowdSec's engine decodes what it can of damaged base64; the strict transformation would give nothing.
  ['b64decode', 'base64DecodeExt'],
  ['hexdecode', 'hexDecode'],
  ['htmlentitydecode', 'htmlEntityDecode'],
  ['jsdecode', 'jsDecode'],
  ['length', 'length'],
  ['lowercase', 'lowercase'],
  ['normalizepath', 'normalizePath'],
  ['normalize_path', 'normalizePath'],
  ['trim', 'trim'],
  ['uppercase', 'uppercase'],
  ['urldecode', 'urlDecode'],
])
