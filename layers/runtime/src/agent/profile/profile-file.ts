import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { parseJson } from '../inputs/parse-json.ts'
import { Profile, parseProfile } from './profile.ts'

const saveAfterMs = 1_000

/** Reads a profile; an empty one when there is no file yet. Throws for a file that is no profile. */
export function loadProfile(path: string): Profile {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    return new Profile()
  }
  return parseProfile(text, parseJson)
}

/** Writes a profile 1 s after it has grown and when the process ends. */
export class ProfileSaver {
  readonly #path: string
  readonly #text: () => string
  readonly #onFault: (error: unknown) => void
  #timer: NodeJS.Timeout | undefined

  constructor(path: string, text: () => string, onFault: (error: unknown) => void) {
    this.#path = path
    this.#text = text
    this.#onFault = onFault
    process.on('exit', () => {
      if (this.#timer !== undefined) this.save()
    })
  }

  /** Says that there is something new. */
  touch(): void {
    this.#timer ??= setTimeout(() => this.save(), saveAfterMs).unref()
  }

  /** Writes now, whole or not at all. */
  save(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    try {
      const temporary = `${this.#path}.${process.pid}.tmp`
      writeFileSync(temporary, this.#text(), { mode: 0o600 })
      renameSync(temporary, this.#path)
    } catch (error) {
      this.#onFault(error)
    }
  }
}
