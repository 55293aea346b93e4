import type { Answer } from '../visitor/answer.ts'

/** A step of a visit: what it is called, and how it goes. */
export type Step = readonly [name: string, go: () => Promise<Answer>, text?: string]

/** Plays steps in order; gives the first that was not served with status 2xx or 3xx and the wanted text. */
export async function expectServed(steps: readonly Step[]): Promise<string | undefined> {
  for (const [name, go, text] of steps) {
    const answer = await go()
    if (answer.status < 200 || answer.status >= 400) return `${name}: status ${answer.status}`
    if (text !== undefined && !answer.text.includes(text)) return `${name}: "${text}" is missing`
  }
  return undefined
}
