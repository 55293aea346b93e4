/** Paths whose forms are kept; an application opens few files again and again. */
const maxPaths = 500
const known = new Map<string, readonly string[]>()

// A space may come as a plus sign, and what is beyond ASCII in one of several encodings.
const plain = /^[!-~]+$/

function makeForms(path: string): readonly string[] {
  const bytes = Buffer.from(path, 'latin1')
  // The last character of an encoding depends on what follows.
  const forms = [bytes.toString('base64url'), bytes.toString('base64').replace(/=+$/, '')]
  return [...new Set([path, ...forms.map((form) => form.slice(0, -1))])]
}

/**
 * How a path stands in a request that names it without escapes: as it is, and in both alphabets of base64. Undefined for a
 * path with spaces or characters beyond ASCII, which has more forms.
 */
export function formsOf(path: string): readonly string[] | undefined {
  const made = known.get(path)
  if (made !== undefined) return made
  if (!plain.test(path)) return undefined
  const forms = makeForms(path)
  if (known.size >= maxPaths) known.clear()
  known.set(path, forms)
  return forms
}

/** Does one of the forms stand in a text? */
export function holds(text: string, forms: readonly string[]): boolean {
  for (const form of forms) if (form.length <= text.length && text.includes(form)) return true
  return false
}
