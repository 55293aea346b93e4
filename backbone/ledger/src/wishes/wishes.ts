import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { isJsonObject, parseBoundedJson } from '@sevenfold/event'
import { ensurePrivateFolder, writeAtomic } from '@sevenfold/layer'

/** What an administrator of this host wants the ledger process to do; it also waits for a process that does not run. */
export interface Wish {
  /** What it is about: a day, the kind of a change. */
  readonly name: string
  readonly actor: string
  readonly reason: string
}

const limits = { maxTextLength: 4_096, maxDepth: 2, maxNodes: 8, maxStringLength: 1_024 }
const wishName = /^[\w-]{1,64}\.json$/u

/** Leaves a wish in a folder; a later one of the same name replaces it. */
export function leaveWish(folder: string, wish: Wish): void {
  ensurePrivateFolder(folder)
  writeAtomic(join(folder, `${wish.name}.json`), `${JSON.stringify(wish)}\n`)
}

/** True while a wish was not carried out. */
export function isWaiting(folder: string, name: string): boolean {
  return existsSync(join(folder, `${name}.json`))
}

/** Wishes that wait; files that are none are left out. */
export function wishesIn(folder: string): readonly Wish[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((file) => wishName.test(file))
    .flatMap((file) => {
      const parsed = parseBoundedJson(readFileSync(join(folder, file), 'utf8'), limits)
      const { name, actor, reason } = parsed.ok && isJsonObject(parsed.value) ? parsed.value : {}
      const isWhole = typeof name === 'string' && typeof actor === 'string' && typeof reason === 'string'
      return isWhole && file === `${name}.json` ? [{ name, actor, reason }] : []
    })
}

/** Takes away a wish that was carried out. */
export function wishDone(folder: string, name: string): void {
  rmSync(join(folder, `${name}.json`), { force: true })
}
