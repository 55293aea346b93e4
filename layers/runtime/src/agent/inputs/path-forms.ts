/** Paths whose forms are kept; an application opens few files again and again. */
const maxPaths = 500
const known = new Map<string, readonly PathForm[]>()

/** One way in which a path is written. */
export interface PathForm {
  readonly text: string
  /** The same for bodies: a text would be turned into bytes at each look. */
  readonly bytes: Uint8Array
  /** The code of one of its characters, one that few texts hold. */
  readonly rare: number
}

// A space may come as a plus sign, and what is beyond ASCII in one of several encodings.
const plain = /^[!-~]+$/

// What JSON and forms seldom hold, the rarest first; base64 is full of capitals.
const rareOnes = Array.from('/QXZJKVWYGUBPHFOMLDCNRSIETA')

function rarestOf(text: string): string {
  return rareOnes.find((character) => text.includes(character)) ?? text.charAt(0)
}

function makeForms(path: string): readonly PathForm[] {
  const bytes = Buffer.from(path, 'latin1')
  // The last character of an encoding depends on what follows.
  const forms = [bytes.toString('base64url'), bytes.toString('base64').replace(/=+$/, '')]
  const texts = new Set([path, ...forms.map((form) => form.slice(0, -1))])
  return [...texts].map((text) => ({
    text,
    bytes: Buffer.from(text, 'latin1'),
    rare: rarestOf(text).charCodeAt(0),
  }))
}

/**
 * How a path stands in a request that names it without escapes: as it is, and in both alphabets of base64. Undefined for a
 * path with spaces or characters beyond ASCII, which has more forms.
 */
export function formsOf(path: string): readonly PathForm[] | undefined {
  const made = known.get(path)
  if (made !== undefined) return made
  if (!plain.test(path)) return undefined
  const forms = makeForms(path)
  if (known.size >= maxPaths) known.clear()
  known.set(path, forms)
  return forms
}

/** Does one of the forms stand in a text? */
export function holds(text: string, forms: readonly PathForm[]): boolean {
  for (const form of forms) if (form.text.length <= text.length && text.includes(form.text)) return true
  return false
}
