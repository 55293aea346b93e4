/** The least that has to be left out for one false alarm: one rule, one path, one parameter. */
export interface Exclusion {
  readonly ruleId: string
  /** Path of the request, exact, as it stands in the request line. */
  readonly path: string
  /** Such as `ARGS:q`; null leaves the whole rule out on that path. */
  readonly variable: string | null
  /** Id that the new rule gets. */
  readonly id: number
}

/** Variables that an exclusion can name; a name that starts with a slash would be read as a pattern. */
const excludable = /^[A-Z_]+(?::[^/].*)?$/

/**
 * SecLang text of an exclusion, to be read before the rules that it is about. Throws an Error when a part cannot be
 * written safely: nothing of a request may end the quotes of a rule.
 */
export function exclusionText({ ruleId, path, variable, id }: Exclusion): string {
  if (!/^\d{1,10}$/.test(ruleId)) throw new Error('rule id is not a number')
  const decoded = decodePath(path)
  if (!/^[!-~]+$/.test(path) || !isPlainPath(decoded))
    throw new Error('path holds characters that cannot be written in a rule')
  if (variable !== null && (!excludable.test(variable) || !isPlain(variable))) {
    throw new Error('variable holds characters that cannot be written in a rule')
  }
  const control =
    variable === null ? `ctl:ruleRemoveById=${ruleId}` : `ctl:ruleRemoveTargetById=${ruleId};${variable}`
  return `SecRule REQUEST_FILENAME "@streq ${decoded}" "id:${id},phase:1,pass,nolog,t:none,${control}"\n`
}

/** REQUEST_FILENAME is percent-decoded, as a byte string. */
function decodePath(path: string): string {
  return path.replaceAll(/%([0-9a-f]{2})/gi, (_, digits: string) => String.fromCharCode(parseInt(digits, 16)))
}

/** A path stands in the quotes of an operator, where a space is no end; percent signs may stay unless they start a macro. */
function isPlainPath(text: string): boolean {
  return /^[ -~\x80-\xff]{0,2047}[!-~\x80-\xff]$/.test(text) && !/["\\]|%\{/.test(text)
}

function isPlain(text: string): boolean {
  return /^[!-~]{1,2048}$/.test(text) && !/["'\\,;%]/.test(text)
}
