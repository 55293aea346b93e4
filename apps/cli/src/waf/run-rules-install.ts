import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { isJsonObject, parseBoundedJson } from '@sevenfold/event'
import type { JsonObject } from '@sevenfold/event'
import { dataFolder } from '../place/data-folder.ts'
import { fieldText } from '../place/field-text.ts'
import { CliError, exitCodes, usageError } from '../program/cli-error.ts'
import type { Call } from '../program/command.ts'
import { activateRules } from './activate-rules.ts'
import type { Activation } from './activate-rules.ts'
import { compileRules, noteLeftOut } from './load-rules.ts'
import { folderDigest, readRuleFolder } from './rule-source.ts'
import type { RuleFolder } from './rule-source.ts'
import { ruleTexts } from './rule-texts.ts'

const infoName = 'installed.json'
const infoLimits = { maxTextLength: 65_536, maxDepth: 4, maxNodes: 100, maxStringLength: 4096 }

/** Places of an installed rule set: in force, the one before, and one that is being written. */
interface Places {
  readonly dataDir: string
  readonly current: string
  readonly previous: string
  readonly next: string
}

async function placesOf(call: Call): Promise<Places> {
  const dataDir = await dataFolder(call)
  const current = join(dataDir, 'rules', 'crs')
  return { dataDir, current, previous: `${current}.previous`, next: `${current}.next` }
}

function infoOf(folder: string): JsonObject {
  try {
    const parsed = parseBoundedJson(readFileSync(join(folder, infoName), 'utf8'), infoLimits)
    return parsed.ok && isJsonObject(parsed.value) ? parsed.value : {}
  } catch {
    return {} // installed by hand
  }
}

function checkDigest(call: Call, from: string, folder: RuleFolder): void {
  const pinned = call.text('sha256')?.toLowerCase()
  if (pinned === undefined && /^https?:/.test(from))
    throw usageError(
      `an address needs --sha256; what it gives now has ${folder.digest}`,
      'compare with the digest that the project publishes, and call again with it',
    )
  if (pinned === undefined || pinned === folder.digest) return
  throw new CliError(
    exitCodes.findings,
    `the digest is ${folder.digest}, not ${pinned}: nothing is installed`,
    'this is not what was pinned; find out why before you pin another digest',
  )
}

function write(folder: RuleFolder, next: string, info: JsonObject): void {
  rmSync(next, { recursive: true, force: true })
  for (const { path, bytes } of folder.files) {
    const file = join(next, path)
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    writeFileSync(file, bytes, { mode: 0o600 })
  }
  writeFileSync(join(next, infoName), `${JSON.stringify(info)}\n`, { mode: 0o600 })
}

/** Installs a Core Rule Set into the data folder; the one before is kept. @throws CliError. */
export async function runRulesInstall(call: Call): Promise<number> {
  const [what] = call.words
  const from = call.text('from')
  if (what !== 'crs')
    throw usageError(`${what ?? ''} cannot be installed`, 'sevenfold rules install crs --from …')
  if (from === undefined)
    throw usageError('--from is missing', 'a folder, a .tar.gz, an https address, or debian')
  if (call.text('sha256') !== undefined && !/^[0-9a-f]{64}$/i.test(call.text('sha256') ?? ''))
    throw usageError('--sha256 must be 64 hexadecimal digits', 'sha256sum prints them')
  const folder = await readRuleFolder(from, call.io.cwd, call.io.signal)
  checkDigest(call, from, folder)
  const places = await placesOf(call)
  const { current, previous, next } = places
  const content = folderDigest(folder.files)
  const info = { from, sha256: folder.digest, content, installed: new Date().toISOString() }
  write(folder, next, info)
  let rules: number
  try {
    // A set that does not compile would keep the edge from its next start.
    const compiled = compileRules(ruleTexts({ rules: [next], mode: 'block' }))
    noteLeftOut(call, compiled)
    rules = compiled.rules.length
  } catch (error) {
    rmSync(next, { recursive: true, force: true })
    throw error
  }
  const isSame = infoOf(current)['content'] === content
  if (isSame) rmSync(current, { recursive: true, force: true })
  else if (existsSync(current)) {
    rmSync(previous, { recursive: true, force: true })
    renameSync(current, previous)
  }
  renameSync(next, current)
  const state = await activate(places)
  if (call.json)
    call.io.out(JSON.stringify({ ...info, folder: current, files: folder.files.length, rules, state }))
  else {
    call.io.out(`${rules} rules in ${folder.files.length} files, sha256 ${folder.digest}`)
    call.io.out(shownState(state, current))
  }
  return exitCodes.ok
}

function shownState(state: Activation, current: string): string {
  if (state !== 'not in the configuration') return state
  return `use them with edge: { rules: [builtin, "crs:${current}"] } and sevenfold reload`
}

/** Exchanges the set in force and the one before. */
function swap({ current, previous, next }: Places): void {
  rmSync(next, { recursive: true, force: true })
  if (existsSync(current)) renameSync(current, next)
  renameSync(previous, current)
  if (existsSync(next)) renameSync(next, previous)
}

/** Rules that the edge refuses must not stay where its workers read them, and it reads the ones before anew. */
async function activate(places: Places): Promise<Activation> {
  try {
    return await activateRules(places.dataDir, places.current)
  } catch (error) {
    if (existsSync(places.previous)) {
      swap(places)
      await activateRules(places.dataDir, places.current)
    }
    throw error
  }
}

/** Puts the rule set before the last installation back; calling it again puts the newer one back. @throws CliError. */
export async function runRulesRollback(call: Call): Promise<number> {
  const places = await placesOf(call)
  const { current, previous } = places
  if (call.words[0] !== 'crs') throw usageError('only crs can be rolled back', 'sevenfold rules rollback crs')
  if (!existsSync(previous))
    throw new CliError(
      exitCodes.findings,
      'there is no rule set before this one',
      'install one with sevenfold rules install crs',
    )
  swap(places)
  const state = await activate(places)
  const info = infoOf(current)
  if (call.json) call.io.out(JSON.stringify({ ...info, folder: current, state }))
  else call.io.out(`back to sha256 ${fieldText(info, 'sha256') ?? 'unknown'}: ${shownState(state, current)}`)
  return exitCodes.ok
}
