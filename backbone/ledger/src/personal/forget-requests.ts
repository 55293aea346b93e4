import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { isJsonObject, parseBoundedJson } from '@sevenfold/event'
import { ensurePrivateFolder, writeAtomic } from '@sevenfold/layer'
import { isDay } from './personal-keys.ts'

/** A wish to erase what is personal on a day. */
export interface ForgetRequest {
  readonly day: string
  readonly actor: string
  readonly reason: string
}

const limits = { maxTextLength: 4_096, maxDepth: 2, maxNodes: 8, maxStringLength: 1_024 }
const folderOf = (personal: string): string => join(personal, 'forget')

/** Leaves a wish for the ledger process, which carries it out and records it; a later one for the same day replaces it. */
export function askToForget(personal: string, request: ForgetRequest): void {
  ensurePrivateFolder(personal)
  ensurePrivateFolder(folderOf(personal))
  writeAtomic(join(folderOf(personal), `${request.day}.json`), `${JSON.stringify(request)}\n`)
}

/** True while the wish was not carried out. */
export function isAsked(personal: string, day: string): boolean {
  return existsSync(join(folderOf(personal), `${day}.json`))
}

/** Wishes that wait. */
export function forgetRequests(personal: string): readonly ForgetRequest[] {
  const folder = folderOf(personal)
  if (!existsSync(folder)) return []
  return readdirSync(folder).flatMap((name) => {
    const parsed = parseBoundedJson(readFileSync(join(folder, name), 'utf8'), limits)
    const { day, actor, reason } = parsed.ok && isJsonObject(parsed.value) ? parsed.value : {}
    const isWhole =
      typeof day === 'string' && isDay(day) && typeof actor === 'string' && typeof reason === 'string'
    return isWhole && name === `${day}.json` ? [{ day, actor, reason }] : []
  })
}

/** Removes a wish that was carried out. */
export function forgetDone(personal: string, day: string): void {
  rmSync(join(folderOf(personal), `${day}.json`), { force: true })
}
