import { PersonalKeys, personalFolder } from './personal-keys.ts'
import { erasedText } from './seal-line.ts'
import { openText } from './sealed-text.ts'

// A quote inside of a text has a backslash before it, so only whole values are found.
const sealedValues = /"sealed:(\d{4}-\d\d-\d\d):([\w-]+)"/gu
const lookAgainMs = 5_000

/** Gives lines of a ledger as they were before their personal fields were sealed. */
export type RevealLine = (line: string) => string

/**
 * Opens the keys of a ledger (`data/ledger`) for reading. Where the key of a day is gone, `erased:<day>` stands; a key that is deleted while
 * this runs is gone within five seconds.
 */
export function openReveal(ledger: string, now: () => number = Date.now): RevealLine {
  const keys = new PersonalKeys(personalFolder(ledger))
  const looked = new Map<string, number>()
  const find = (day: string): Buffer | undefined => {
    const isDue = now() - (looked.get(day) ?? -Infinity) >= lookAgainMs
    if (isDue) looked.set(day, now())
    return keys.find(day, isDue)
  }
  return (line) =>
    line.includes('"sealed:')
      ? line.replaceAll(sealedValues, (_, day: string, sealed: string) => {
          const key = find(day)
          const text = key === undefined ? undefined : openText(sealed, key)
          return JSON.stringify(text ?? erasedText(day))
        })
      : line
}
